package main

import (
	"log"
	"reflect"
	"slices"
	"strings"

	apiextensions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	apiresource "k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/intstr"
	apiversion "k8s.io/apimachinery/pkg/version"
	"k8s.io/client-go/kubernetes/scheme"
	apiregistration "k8s.io/kube-aggregator/pkg/apis/apiregistration/v1"
)

// typeFacts is one line of the table: a struct of the API.
type typeFacts struct {
	Name string `json:"name"`
	// Go is the type as Go's decoder names it in errors: v1.Pod.
	Go         string       `json:"go"`
	Fields     []*fieldFact `json:"fields"`
	AtomicMap  bool         `json:"atomic,omitempty"`
	Extensions any          `json:"extensions,omitempty"`
}

type fieldFact struct {
	Name string `json:"n"`
	// Type: a scalar, the name of a type, []element or {}value.
	Type string `json:"t"`
	// GoType where it does not follow from Type: v1.Protocol.
	GoType    string `json:"g,omitempty"`
	Pointer   int    `json:"p,omitempty"`
	OmitEmpty int    `json:"o,omitempty"`
	Required  int    `json:"r,omitempty"`
	Proto     int    `json:"#,omitempty"`
	// Via is the protobuf number of the embedded struct that holds the field.
	Via int `json:"via,omitempty"`
	// Embedded is the Go name of that struct, which decoding errors put into the path.
	Embedded      string   `json:"e,omitempty"`
	Default       any      `json:"d,omitempty"`
	Enum          []any    `json:"enum,omitempty"`
	ElementEnum   []any    `json:"elementEnum,omitempty"`
	Format        string   `json:"format,omitempty"`
	PatchStrategy string   `json:"ps,omitempty"`
	PatchKey      string   `json:"pk,omitempty"`
	ListType      string   `json:"lt,omitempty"`
	ListKeys      []string `json:"lk,omitempty"`
	MapType       string   `json:"mt,omitempty"`
	Other         any      `json:"x,omitempty"`
}

// special are the types with a JSON form of their own; everything else follows from its Go kind.
var special = map[reflect.Type]string{
	reflect.TypeFor[metav1.Time]():                                "time",
	reflect.TypeFor[metav1.MicroTime]():                           "microTime",
	reflect.TypeFor[metav1.Duration]():                            "duration",
	reflect.TypeFor[apiresource.Quantity]():                       "quantity",
	reflect.TypeFor[intstr.IntOrString]():                         "intOrString",
	reflect.TypeFor[runtime.RawExtension]():                       "raw",
	reflect.TypeFor[metav1.FieldsV1]():                            "fields",
	reflect.TypeFor[apiextensions.JSON]():                         "json",
	reflect.TypeFor[apiextensions.JSONSchemaPropsOrBool]():        "schemaOrBool",
	reflect.TypeFor[apiextensions.JSONSchemaPropsOrArray]():       "schemaOrArray",
	reflect.TypeFor[apiextensions.JSONSchemaPropsOrStringArray](): "schemaOrStrings",
}

// Types that no served resource names but that the API answers or accepts.
var alsoUsed = []reflect.Type{
	reflect.TypeFor[metav1.Status](), reflect.TypeFor[metav1.Table](), reflect.TypeFor[metav1.TableOptions](),
	reflect.TypeFor[metav1.PartialObjectMetadata](), reflect.TypeFor[metav1.PartialObjectMetadataList](),
	reflect.TypeFor[metav1.ListOptions](), reflect.TypeFor[metav1.GetOptions](), reflect.TypeFor[metav1.DeleteOptions](),
	reflect.TypeFor[metav1.CreateOptions](), reflect.TypeFor[metav1.UpdateOptions](), reflect.TypeFor[metav1.PatchOptions](),
	reflect.TypeFor[metav1.APIGroup](), reflect.TypeFor[metav1.APIGroupList](), reflect.TypeFor[metav1.APIVersions](),
	reflect.TypeFor[metav1.APIResourceList](), reflect.TypeFor[metav1.WatchEvent](), reflect.TypeFor[apiversion.Info](),
	reflect.TypeFor[metav1.LabelSelector](), reflect.TypeFor[apiextensions.JSONSchemaProps](), reflect.TypeFor[metav1.List](),
}

type walk struct {
	table map[string]*typeFacts
}

// typesReachableFrom fills in the type names of the resources and returns every struct they lead to, by name.
func typesReachableFrom(groups []group) []*typeFacts {
	for _, register := range []func(*runtime.Scheme) error{apiextensions.AddToScheme, apiregistration.AddToScheme} {
		if err := register(scheme.Scheme); err != nil {
			log.Fatal(err)
		}
	}
	w := walk{table: map[string]*typeFacts{}}
	for g := range groups {
		for v := range groups[g].versions {
			version := &groups[g].versions[v]
			for r := range version.resources {
				w.addResource(groups[g].name, version.name, &version.resources[r])
			}
		}
	}
	for _, t := range alsoUsed {
		w.add(t)
	}
	all := []*typeFacts{}
	for _, facts := range w.table {
		all = append(all, facts)
	}
	slices.SortFunc(all, func(a, b *typeFacts) int { return strings.Compare(a.Name, b.Name) })
	return all
}

func (w *walk) addResource(group, version string, r *resource) {
	r.Type = w.addKind(group, version, r.KindGroup, r.KindVersion, r.Kind)
	if slices.Contains(r.Verbs, "list") {
		w.addKind(group, version, nil, "", r.Kind+"List")
	}
	for i := range r.Subresources {
		s := &r.Subresources[i]
		s.Type = w.addKind(group, version, s.KindGroup, s.KindVersion, s.Kind)
	}
}

func (w *walk) addKind(group, version string, kindGroup *string, kindVersion, kind string) string {
	if kindGroup != nil {
		group, version = *kindGroup, kindVersion
	}
	object, err := scheme.Scheme.New(schema.GroupVersionKind{Group: group, Version: version, Kind: kind})
	if err != nil {
		log.Fatal(err)
	}
	return w.add(reflect.TypeOf(object).Elem())
}

// add describes a struct and all that it leads to, and returns its name in the OpenAPI document.
func (w *walk) add(t reflect.Type) string {
	name := modelName(t)
	if _, known := w.table[name]; known {
		return name
	}
	facts := &typeFacts{Name: name, Go: t.String(), Fields: []*fieldFact{}}
	w.table[name] = facts
	definition := definitionOf(name)
	w.addFields(facts, t, definition, embedding{})
	facts.AtomicMap = extension[string](definition.Extensions, "x-kubernetes-map-type") == "atomic"
	if unions, ok := definition.Extensions["x-kubernetes-unions"]; ok {
		facts.Extensions = map[string]any{"x-kubernetes-unions": unions}
	}
	return name
}

// embedding says through which embedded struct fields are reached. Protobuf does not carry TypeMeta.
type embedding struct {
	name   string
	number int
}

func (w *walk) addFields(facts *typeFacts, t reflect.Type, definition openAPISchema, in embedding) {
	for i := range t.NumField() {
		field := t.Field(i)
		name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		number := protoNumber(field.Tag.Get("protobuf"))
		if name == "-" || !field.IsExported() {
			continue
		}
		if name == "" && (field.Anonymous || strings.Contains(options, "inline")) {
			embedded := field.Type
			if embedded.Kind() == reflect.Pointer {
				embedded = embedded.Elem()
			}
			w.addFields(facts, embedded, definition, embedding{embedded.Name(), number})
			continue
		}
		if name == "" {
			name = field.Name
		}
		fact := &fieldFact{Name: name, Proto: number, Via: in.number}
		if in.name == "TypeMeta" {
			fact.Proto = 0
		} else {
			fact.Embedded = in.name
		}
		declared := field.Type
		if declared.Kind() == reflect.Pointer {
			fact.Pointer = 1
			declared = declared.Elem()
		}
		for _, option := range strings.Split(options, ",") {
			switch option {
			case "omitempty":
				fact.OmitEmpty |= 1
			case "omitzero":
				fact.OmitEmpty |= 2
			}
		}
		var goType string
		fact.Type, goType = w.typeOf(declared)
		if goType != declared.String() {
			fact.GoType = declared.String()
		}
		if slices.Contains(definition.Required, name) {
			fact.Required = 1
		}
		describe(fact, definition.Properties[name])
		facts.Fields = append(facts.Fields, fact)
	}
}

// typeOf names a type for the table and says what Go type a reader of the table will take it for.
func (w *walk) typeOf(t reflect.Type) (string, string) {
	if name, ok := special[t]; ok {
		return name, t.String()
	}
	switch t.Kind() {
	case reflect.Pointer:
		name, goType := w.typeOf(t.Elem())
		return name, "*" + goType
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			return "bytes", "[]uint8"
		}
		name, goType := w.typeOf(t.Elem())
		if isWrapped(t) {
			return "wrapped" + "[]" + name, "[]" + goType
		}
		return "[]" + name, "[]" + goType
	case reflect.Map:
		name, goType := w.typeOf(t.Elem())
		return "{}" + name, "map[string]" + goType
	case reflect.Struct:
		return w.add(t), t.String()
	case reflect.Interface:
		return "any", t.String()
	case reflect.String, reflect.Bool, reflect.Int32, reflect.Int64, reflect.Float64, reflect.Int, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Int8, reflect.Int16:
		return t.Kind().String(), t.Kind().String()
	}
	log.Fatalf("no rule for %s", t)
	return "", ""
}

// isWrapped tells the named lists that protobuf carries as a message of their own (ExtraValue, Verbs).
func isWrapped(t reflect.Type) bool {
	_, ok := reflect.PointerTo(t).MethodByName("MarshalToSizedBuffer")
	_, value := t.MethodByName("MarshalToSizedBuffer")
	return ok || value
}
