package form

import (
	"slices"
	"strings"
)

// start reads what a container of a service starts.
func (c *compose) start(svc *composeService, n *Node) {
	svc.commandAt = svc.key
	if command := n.Get("command"); !command.IsNull() {
		svc.command, svc.commandAt = c.words(command), command.At
		if list := items(command); len(list) > 0 {
			svc.commandAt = list[0].At
		}
	}
	if entrypoint := n.Get("entrypoint"); !entrypoint.IsNull() {
		svc.entrypoint = append([]string{}, c.words(entrypoint)...) // an empty one takes that of the image away
	}
}

// words are those of a command, with the variables of the project replaced.
func (c *compose) words(n *Node) (list []string) {
	for _, word := range words(n) {
		if text, err := substitute(Made(word, n.At), c.lookup, c.missing); err == nil {
			word = text.s
		}
		list = append(list, word)
	}
	return list
}

// words are the words of a command.
func words(n *Node) (list []string) {
	if n == nil || n.Kind == Map {
		return nil
	}
	if n.Kind == List {
		return n.Strings()
	}
	for _, word := range strings.Fields(n.String()) {
		list = append(list, strings.Trim(word, `"'`))
	}
	return list
}

// line are the words that a container runs, with those of scripts in them.
func (svc *composeService) line() (list []string) {
	for _, word := range slices.Concat(svc.entrypoint, svc.args()) {
		list = append(list, strings.Fields(word)...)
	}
	return list
}

// args are what the entrypoint gets: what the service says, or else its Dockerfile.
func (svc *composeService) args() []string {
	if len(svc.command) == 0 && svc.entrypoint == nil && svc.built != nil {
		return svc.built.command
	}
	return svc.command
}

// isScripted reports whether the script of the official image is what starts first, and
// so takes the first word for the process to start.
func (svc *composeService) isScripted() bool {
	return svc.isOfficial() && (svc.entrypoint == nil || len(svc.entrypoint) == 1 && isScript(svc.entrypoint[0]))
}

// isOfficial reports whether the image is the official one, as far as it starts Druid.
func (svc *composeService) isOfficial() bool {
	return isOfficial(svc.image.s) && (svc.built == nil || !svc.built.alters)
}

// role is what the command starts.
func (svc *composeService) role() (string, bool) {
	args := svc.args()
	switch {
	case svc.isScripted():
		args = args[:min(len(args), 1)]
	case isDruidImage(svc.image.s) || slices.ContainsFunc(svc.line(), isScript):
		args = svc.line()
	default: // of another program, whose scripts may name a broker or a router
		args = slices.Concat(svc.entrypoint, args)
	}
	return roleAmong(args)
}

// doubts reports whether a script that is not known starts the process: it may set more
// than the one of the image, which it most likely starts in the end.
func (svc *composeService) doubts() bool {
	return svc.isOfficial() && !svc.isScripted() && !slices.ContainsFunc(svc.line(), isScript)
}

// idle notices a service whose container starts no process: the script of the image hands
// its words to Druid, which knows no such command, and shows its help without one. What is
// no main file may be laid over one that says what its services start, and a service with a
// profile may be there to be merged into others.
func (c *compose) idle(svc *composeService) {
	if !svc.isScripted() || !c.main || svc.lacking || slices.Contains(c.bases, svc.name) || svc.nodes["build"] != nil || len(items(svc.nodes["profiles"])) > 0 {
		return
	}
	for _, replicas := range []*Node{svc.nodes["scale"], svc.nodes["deploy"].Get("replicas")} {
		if replicas.String() == "0" {
			return
		}
	}
	args := svc.args()
	if slices.ContainsFunc(args, func(word string) bool { return strings.Contains(word, "$") }) {
		return
	}
	f := Fact{Kind: Idle, At: svc.commandAt, Service: svc.name}
	if len(args) > 0 { // what follows may be secret
		f.Name, _, _ = strings.Cut(strings.TrimSpace(args[0]), " ")
		f.Name, _, _ = strings.Cut(f.Name, "=")
	}
	if i := slices.IndexFunc(roles, func(role string) bool { return strings.EqualFold(role, f.Name) }); i >= 0 {
		f.Detail = roles[i]
	}
	c.tree.note(f)
}
