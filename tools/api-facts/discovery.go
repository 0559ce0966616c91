package main

import (
	"encoding/json"
	"log"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// group is an API group as a v1.36 server lists it by default: its stable versions, the preferred one first.
type group struct {
	name     string
	versions []version
}

type version struct {
	name      string
	resources []resource
}

type resource struct {
	Group        string        `json:"group"`
	Version      string        `json:"version"`
	Kind         string        `json:"kind"`
	Plural       string        `json:"plural"`
	Singular     string        `json:"singular"`
	Namespaced   bool          `json:"namespaced,omitempty"`
	Verbs        []string      `json:"verbs"`
	ShortNames   []string      `json:"shortNames,omitempty"`
	Categories   []string      `json:"categories,omitempty"`
	KindGroup    *string       `json:"kindGroup,omitempty"`
	KindVersion  string        `json:"kindVersion,omitempty"`
	Subresources []subresource `json:"subresources,omitempty"`
	Type         string        `json:"type,omitempty"`
}

type subresource struct {
	Name        string   `json:"name"`
	Kind        string   `json:"kind"`
	Verbs       []string `json:"verbs"`
	KindGroup   *string  `json:"kindGroup,omitempty"`
	KindVersion string   `json:"kindVersion,omitempty"`
	Type        string   `json:"type,omitempty"`
}

// stable versions are served by default; alpha and beta ones are not.
var stable = regexp.MustCompile(`^v[0-9]+$`)

type apiResourceList struct {
	Resources []struct {
		Name, SingularName, Group, Version, Kind string
		Namespaced                               bool
		Verbs, ShortNames, Categories            []string
	}
}

// servedGroups reads the recorded discovery documents of a server that has everything switched on, and keeps what is on by default.
func servedGroups(folder string) []group {
	var list struct {
		Groups []struct {
			Name     string
			Versions []struct{ Version string }
		}
	}
	read(filepath.Join(folder, "apis.json"), &list)
	groups := []group{{versions: []version{readVersion(filepath.Join(folder, "api__v1.json"), "", "v1")}}}
	for _, listed := range list.Groups {
		served := group{name: listed.Name}
		for _, v := range listed.Versions {
			if stable.MatchString(v.Version) {
				file := "apis__" + listed.Name + "__" + v.Version + ".json"
				served.versions = append(served.versions, readVersion(filepath.Join(folder, file), listed.Name, v.Version))
			}
		}
		if len(served.versions) > 0 {
			groups = append(groups, served)
		}
	}
	return groups
}

func readVersion(file, groupName, versionName string) version {
	var list apiResourceList
	read(file, &list)
	result := version{name: versionName}
	for _, r := range list.Resources {
		parent, sub, isSub := strings.Cut(r.Name, "/")
		kindGroup, kindVersion := otherKind(r.Group, r.Version, groupName, versionName)
		if !isSub {
			result.resources = append(result.resources, resource{
				Group: groupName, Version: versionName, Kind: r.Kind, Plural: r.Name, Singular: r.SingularName, Namespaced: r.Namespaced,
				Verbs: r.Verbs, ShortNames: r.ShortNames, Categories: r.Categories, KindGroup: kindGroup, KindVersion: kindVersion,
			})
			continue
		}
		at := slices.IndexFunc(result.resources, func(known resource) bool { return known.Plural == parent })
		if at < 0 {
			log.Fatalf("%s: %s comes before its resource", file, r.Name)
		}
		result.resources[at].Subresources = append(result.resources[at].Subresources,
			subresource{Name: sub, Kind: r.Kind, Verbs: r.Verbs, KindGroup: kindGroup, KindVersion: kindVersion})
	}
	return result
}

// otherKind is the group and version of a kind that lives elsewhere than its resource (Scale, Eviction, TokenRequest).
func otherKind(kindGroup, kindVersion, groupName, versionName string) (*string, string) {
	if kindVersion == "" || (kindGroup == groupName && kindVersion == versionName) {
		return nil, ""
	}
	return &kindGroup, kindVersion
}

func (g group) line() any {
	names := []string{}
	for _, v := range g.versions {
		names = append(names, v.name)
	}
	return struct {
		Name     string   `json:"name"`
		Versions []string `json:"versions"`
	}{g.name, names}
}

func allResources(groups []group) []resource {
	var all []resource
	for _, g := range groups {
		for _, v := range g.versions {
			all = append(all, v.resources...)
		}
	}
	return all
}

func read(file string, into any) {
	text, err := os.ReadFile(file)
	if err != nil {
		log.Fatal(err)
	}
	if err := json.Unmarshal(text, into); err != nil {
		log.Fatalf("%s: %v", file, err)
	}
}
