package notify

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
)

// Secret says where a secret is to be found.
type Secret struct {
	// Env are names of environment variables; the first that is set wins.
	Env []string
	// File holds it, alone; it beats the environment.
	File string
}

// ErrNotSet says that a secret is nowhere.
var ErrNotSet = errors.New("not set")

// maxSecret is longer than any URL or token.
const maxSecret = 64 << 10

// Read finds the secret, without blanks around it. The error is [ErrNotSet], with
// where it was looked for, or why the file can't be used.
func (s Secret) Read(getenv func(string) (string, bool)) (string, error) {
	if s.File != "" {
		return readSecret(s.File)
	}
	for _, name := range s.Env {
		if v, ok := getenv(name); ok && strings.TrimSpace(v) != "" {
			return strings.TrimSpace(v), nil
		}
	}
	if len(s.Env) == 0 {
		return "", ErrNotSet
	}
	return "", fmt.Errorf("$%s: %w", strings.Join(s.Env, " or $"), ErrNotSet)
}

func readSecret(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }() // it was only read
	info, err := f.Stat()
	if err != nil {
		return "", err
	}
	if !info.Mode().IsRegular() {
		return "", fmt.Errorf("%s is no file", path)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		return "", fmt.Errorf("%s holds a secret but others can read it: chmod 600 %s", path, path)
	}
	text, err := io.ReadAll(io.LimitReader(f, maxSecret))
	if err != nil {
		return "", err
	}
	if secret := strings.TrimSpace(string(text)); secret != "" {
		return secret, nil
	}
	return "", fmt.Errorf("%s is empty", path)
}
