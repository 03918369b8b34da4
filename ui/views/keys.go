package views

import (
	"charm.land/bubbles/v2/key"

	"github.com/donna-project/donnatop/ui/keyname"
)

// Group is the task a key serves; help is grouped by it.
type Group string

// The groups, in the order in which help shows them.
const (
	GroupMove   Group = "Move"
	GroupPanel  Group = "Panels"
	GroupLines  Group = "Lines"
	GroupTime   Group = "Time"
	GroupView   Group = "Views"
	GroupScreen Group = "donnatop"
)

// Groups lists all groups in the order of help.
var Groups = []Group{GroupMove, GroupPanel, GroupLines, GroupTime, GroupView, GroupScreen}

// Binding is a key binding with what is constant about it: the name of its
// action, by which a user can bind other keys to it, and the task it serves.
// A disabled binding does nothing and is in no help.
type Binding struct {
	key.Binding
	Action string
	Group  Group
}

// NewBinding makes an enabled binding. keys are names as Bubble Tea gives them;
// label is how people read them.
func NewBinding(action string, group Group, label, desc string, keys ...string) Binding {
	return Binding{Action: action, Group: group, Binding: key.NewBinding(key.WithKeys(keys...), key.WithHelp(label, desc))}
}

// Rebind gives bindings the keys that the user chose for their actions. Every key
// map of a session passes through it once, when it is made.
func (c *Context) Rebind(bindings []*Binding) {
	for _, b := range bindings {
		if keys, ok := c.Keys[b.Action]; ok {
			b.Rebind(keys)
		}
	}
}

// Rebind gives the binding other keys, in its help as well.
func (b *Binding) Rebind(keys []string) {
	b.SetKeys(keys...)
	b.SetHelp(keyname.Label(keys), b.Help().Desc)
}

// Enabled gives those of bindings that do something now, in their order.
func Enabled(bindings []*Binding) []Binding {
	var out []Binding
	for _, b := range bindings {
		if b.Enabled() {
			out = append(out, *b)
		}
	}
	return out
}

// setEnabled switches several bindings at once.
func setEnabled(on bool, bindings ...*Binding) {
	for _, b := range bindings {
		b.SetEnabled(on)
	}
}
