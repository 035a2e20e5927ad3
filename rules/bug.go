package rules

import (
	"fmt"
	"runtime/debug"
	"strings"

	"github.com/implycheck/implycheck/conf"
)

// Bug is a panic that was caught, as an error for the caller: a mistake of
// implycheck, and not of the configuration.
type Bug struct {
	// Tree and Rule are what was being checked, empty where that is not known.
	Tree, Rule string
	// Reason is the first line of what the panic said, without secrets.
	Reason string
	// Stack is where it was, behind what more the panic said: one of another
	// goroutine brings the stack of that.
	Stack []byte
}

// NewBug makes an error of a recovered panic; the deferred function that
// recovered it calls this, while the stack still shows where it was. The rule may
// be nil.
func NewBug(recovered any, tree string, rule *Rule) *Bug {
	reason, more, _ := strings.Cut(conf.Masker().Text(fmt.Sprint(recovered)), "\n")
	b := &Bug{Tree: tree, Reason: reason, Stack: append([]byte(more), debug.Stack()...)}
	if rule != nil {
		b.Rule = rule.ID
	}
	return b
}

// Error names the rule and the tree.
func (b *Bug) Error() string {
	var parts []string
	if b.Rule != "" {
		parts = append(parts, "rule "+b.Rule)
	}
	if b.Tree != "" {
		parts = append(parts, "tree "+b.Tree)
	}
	return strings.Join(append(parts, b.Reason), ": ")
}
