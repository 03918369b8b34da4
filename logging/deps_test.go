package logging_test

import (
	"os/exec"
	"strings"
	"testing"
)

// TestDependsOnTheStandardLibraryOnly lists what the packages import, one
// another apart.
func TestDependsOnTheStandardLibraryOnly(t *testing.T) {
	const module = "github.com/donna-project/donnatop/logging"
	out, err := exec.Command("go", "list", "-deps", "-f", "{{if not .Standard}}{{.ImportPath}}{{end}}",
		module, module+"/httplog", module+"/invocation", module+"/logtest").CombinedOutput()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, out)
	}
	for _, path := range strings.Fields(string(out)) {
		if path != module && !strings.HasPrefix(path, module+"/") {
			t.Errorf("depends on %s", path)
		}
	}
}
