// Package docs holds the texts of this directory that the program shows: so that
// what it says of a figure is what its documentation says.
package docs

import _ "embed"

// Figures is figures.md, the definition of every figure.
//
//go:embed figures.md
var Figures string

// Alerts is alerts.md; its first block of YAML is the whole section alerts of the
// configuration, with its defaults.
//
//go:embed alerts.md
var Alerts string
