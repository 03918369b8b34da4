// Package deploy_test checks what is shipped to run donnatop for good: that it
// stays as locked up as it says, and that a release is built like `make build`.
package deploy_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestComposeIsLockedUp(t *testing.T) {
	var file struct {
		Services map[string]struct {
			User        string
			ReadOnly    bool     `yaml:"read_only"`
			CapDrop     []string `yaml:"cap_drop"`
			SecurityOpt []string `yaml:"security_opt"`
			Privileged  bool
			Networks    []string
			Ports       []string
			Volumes     []string
			Environment map[string]string
		}
		Networks map[string]struct{ External bool }
	}
	if err := yaml.UnmarshalWithOptions([]byte(read(t, "compose.yaml")), &file, yaml.AllowDuplicateMapKey()); err != nil {
		t.Fatal(err)
	}
	if len(file.Services) != 3 || !file.Networks["homelab"].External {
		t.Errorf("%d services, networks %v", len(file.Services), file.Networks)
	}
	for _, name := range []string{"DONNA_DB_PATH", "DONNATOP_DISCORD_WEBHOOK", "TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_PHONE_NUMBER", "DONNATOP_SMS_TO"} {
		if file.Services["watch"].Environment[name] == "" {
			t.Errorf("the watch is not given %s", name)
		}
	}
	for name, s := range file.Services {
		if s.User == "" || !s.ReadOnly || s.Privileged || !slices.Equal(s.CapDrop, []string{"ALL"}) || !slices.Contains(s.SecurityOpt, "no-new-privileges:true") || !slices.Equal(s.Networks, []string{"homelab"}) {
			t.Errorf("%s is not locked up: %+v", name, s)
		}
		for _, v := range s.Volumes {
			if strings.Contains(v, "docker.sock") || !strings.HasSuffix(v, ":ro") && !strings.HasSuffix(v, ":/var/lib/donnatop") {
				t.Errorf("%s mounts %s", name, v)
			}
		}
		for _, p := range s.Ports {
			if !strings.HasPrefix(p, "127.0.0.1:") {
				t.Errorf("%s is open to the network: %s", name, p)
			}
		}
	}
}

func TestUnitsAreLockedUp(t *testing.T) {
	units, err := filepath.Glob("systemd/*.service")
	if err != nil || len(units) != 2 {
		t.Fatalf("units %q, %v", units, err)
	}
	for _, unit := range units {
		text := read(t, unit)
		for _, line := range []string{
			"User=donnatop", "NoNewPrivileges=yes", "CapabilityBoundingSet=", "ProtectSystem=strict", "PrivateDevices=yes", "PrivateTmp=yes",
			"MemoryDenyWriteExecute=yes", "SystemCallFilter=@system-service", "RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX", "UMask=0077",
		} {
			if !strings.Contains(text, "\n"+line+"\n") {
				t.Errorf("%s lacks %s", unit, line)
			}
		}
	}
}

// TestReleaseIsLikeBuild compares what decides over the bytes of the binary.
func TestReleaseIsLikeBuild(t *testing.T) {
	var release struct {
		Version int
		Builds  []struct{ Env, Flags, Ldflags []string }
	}
	if err := yaml.Unmarshal([]byte(read(t, "../.goreleaser.yaml")), &release); err != nil {
		t.Fatal(err)
	}
	makefile := read(t, "../Makefile")
	if release.Version != 2 || len(release.Builds) != 1 {
		t.Fatalf("%+v", release)
	}
	b := release.Builds[0]
	value := regexp.MustCompile(`\{\{[^}]*\}\}|\$\([A-Z]+\)`)
	ldflags := regexp.MustCompile(`(?m)^LDFLAGS += (.*)$`).FindStringSubmatch(makefile)
	if ldflags == nil || value.ReplaceAllString(ldflags[1], "X") != value.ReplaceAllString(strings.Join(b.Ldflags, " "), "X") {
		t.Errorf("linker flags %q and %q", ldflags, b.Ldflags)
	}
	if want := strings.Join(append(b.Env, "go build", strings.Join(b.Flags, " ")), " "); !strings.Contains(makefile, want) {
		t.Errorf("the Makefile doesn't build with %q", want)
	}
}
