package main

import (
	"log"
	"reflect"
	"strconv"
	"strings"

	"k8s.io/kube-openapi/pkg/validation/spec"
	"k8s.io/kubernetes/pkg/generated/openapi"
)

type openAPISchema = spec.Schema

var definitions = openapi.GetOpenAPIDefinitions(func(path string) spec.Ref { return spec.MustCreateRef("#/" + path) })

type named interface{ OpenAPIModelName() string }

// modelName is a struct's name in the OpenAPI document: io.k8s.api.core.v1.Pod.
func modelName(t reflect.Type) string {
	if model, ok := reflect.New(t).Elem().Interface().(named); ok {
		return model.OpenAPIModelName()
	}
	domain, rest, _ := strings.Cut(t.PkgPath(), "/")
	parts := strings.Split(domain, ".")
	for i, j := 0, len(parts)-1; i < j; i, j = i+1, j-1 {
		parts[i], parts[j] = parts[j], parts[i]
	}
	return strings.Join(parts, ".") + "." + strings.ReplaceAll(rest, "/", ".") + "." + t.Name()
}

func definitionOf(name string) openAPISchema {
	definition, ok := definitions[name]
	if !ok {
		log.Fatalf("no OpenAPI definition of %s", name)
	}
	return definition.Schema
}

// describe adds what the schema says about a field beyond its type.
func describe(fact *fieldFact, schema openAPISchema) {
	if !isZero(schema.Default) || (schema.Default != nil && isScalar(schema.Default) && fact.Pointer+fact.OmitEmpty > 0) {
		fact.Default = schema.Default
	}
	fact.Enum = schema.Enum
	if schema.Items != nil && schema.Items.Schema != nil {
		fact.ElementEnum = schema.Items.Schema.Enum
	}
	if schema.AdditionalProperties != nil && schema.AdditionalProperties.Schema != nil {
		fact.ElementEnum = schema.AdditionalProperties.Schema.Enum
	}
	switch schema.Format {
	case "", "int32", "int64", "double", "byte", "date-time":
	default:
		fact.Format = schema.Format
	}
	fact.PatchStrategy = extension[string](schema.Extensions, "x-kubernetes-patch-strategy")
	fact.PatchKey = extension[string](schema.Extensions, "x-kubernetes-patch-merge-key")
	fact.ListType = extension[string](schema.Extensions, "x-kubernetes-list-type")
	fact.MapType = extension[string](schema.Extensions, "x-kubernetes-map-type")
	for _, key := range extension[[]any](schema.Extensions, "x-kubernetes-list-map-keys") {
		fact.ListKeys = append(fact.ListKeys, key.(string))
	}
	other := map[string]any{}
	for name, value := range schema.Extensions {
		switch name {
		case "x-kubernetes-patch-strategy", "x-kubernetes-patch-merge-key", "x-kubernetes-list-type", "x-kubernetes-map-type", "x-kubernetes-list-map-keys":
		default:
			other[name] = value
		}
	}
	if len(other) > 0 {
		fact.Other = other
	}
}

func isScalar(value any) bool {
	kind := reflect.ValueOf(value).Kind()
	return kind != reflect.Map && kind != reflect.Slice
}

// isZero tells the defaults that only restate Go's zero value; they follow from the type.
func isZero(value any) bool {
	if value == nil {
		return true
	}
	v := reflect.ValueOf(value)
	if v.Kind() == reflect.Map || v.Kind() == reflect.Slice {
		return v.Len() == 0
	}
	return v.IsZero()
}

func extension[T any](extensions spec.Extensions, name string) T {
	value, ok := extensions[name]
	typed, fits := value.(T)
	if ok && !fits {
		log.Fatalf("%s is a %T", name, value)
	}
	return typed
}

// protoNumber reads the field number of a tag like "bytes,1,opt,name=metadata"; 0 if there is none.
func protoNumber(tag string) int {
	parts := strings.Split(tag, ",")
	if len(parts) < 2 {
		return 0
	}
	number, err := strconv.Atoi(parts[1])
	if err != nil {
		log.Fatalf("protobuf tag %q: %v", tag, err)
	}
	return number
}
