// Package e2e tests data/loki against a real Loki, which its tests start from its Go module. See README.md.
package e2e
