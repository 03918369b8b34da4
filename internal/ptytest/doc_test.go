// Package ptytest runs the built program in a real terminal and looks at what stands
// on its screen: tmux is the terminal, with the size, the clipboard, the title and
// the modes that a terminal has and a model under test lacks. Where there is no tmux
// the tests are skipped.
//
// Nothing here waits for a length of time: a condition is looked at again and again
// until it holds or the deadline has passed, and then the screen is part of the
// message.
package ptytest
