// Package themes gives every part of the screen its look by role, never by
// colour: a panel says Warning, and the theme decides what a warning looks like.
//
// A theme is a YAML file with a dark and a light variant; which one is used
// follows from the terminal's answer about its background. The background
// itself is never painted: only the selected row, the active tab and a search
// hit may have one of their own, and the loader refuses it everywhere else.
// Colours for text and colours for charts are different roles, because a colour
// that fills an area well is seldom one that can be read.
//
// Styles are plain values without a renderer. Colours are written as the theme
// names them; what a terminal can't show is reduced by whoever writes to it.
// The hot path never calls Lip Gloss: a [Paint] holds the escape sequence that
// was rendered once.
package themes
