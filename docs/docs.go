// Package docs holds the texts of this directory that the program shows: so that
// what it says of a figure is what its documentation says.
package docs

import _ "embed"

// Figures is figures.md, the definition of every figure.
//
//go:embed figures.md
var Figures string
