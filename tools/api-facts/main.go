// Command api-facts writes the table of what the built-in Kubernetes API says about itself: every served resource and every type
// reachable from them, with JSON names, requiredness, defaults, enums, protobuf numbers, patch keys and list types. No prose.
//
//	cd tools/api-facts && go run . > ../../libs/domain/schema/facts/api-facts.json
//
// Sources, all of the versions in go.mod: the struct tags of the API modules, the OpenAPI definitions and the recorded discovery
// documents of k8s.io/kubernetes. The format is described in libs/domain/schema/facts/README.md.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

func main() {
	log.SetFlags(0)
	kubernetes := moduleFolder("k8s.io/kubernetes")
	groups := servedGroups(filepath.Join(kubernetes, "api", "discovery"))
	table := typesReachableFrom(groups)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	fmt.Fprintf(out, "{\n\"kubernetesVersion\": %s,\n", encode(strings.SplitN(filepath.Base(kubernetes), "@", 2)[1]))
	writeLines(out, "groups", len(groups), func(i int) string { return encode(groups[i].line()) })
	fmt.Fprint(out, ",\n")
	resources := allResources(groups)
	writeLines(out, "resources", len(resources), func(i int) string { return encode(resources[i]) })
	fmt.Fprint(out, ",\n")
	writeLines(out, "types", len(table), func(i int) string { return encode(table[i]) })
	fmt.Fprint(out, "\n}\n")
}

func writeLines(out *bufio.Writer, name string, count int, line func(int) string) {
	fmt.Fprintf(out, "%s: [\n", encode(name))
	for i := range count {
		separator := ","
		if i == count-1 {
			separator = ""
		}
		fmt.Fprintf(out, "%s%s\n", line(i), separator)
	}
	fmt.Fprint(out, "]")
}

func encode(value any) string {
	var text strings.Builder
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		log.Fatal(err)
	}
	return strings.TrimSuffix(text.String(), "\n")
}

func moduleFolder(module string) string {
	folder, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", module).Output()
	if err != nil {
		log.Fatalf("finding %s: %v", module, err)
	}
	return strings.TrimSpace(string(folder))
}
