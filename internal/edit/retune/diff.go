package retune

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/aymanbagabas/go-udiff"

	"github.com/implycheck/implycheck/internal/text"
)

// Diff writes changes as a unified diff that git apply and patch -p1 take. A
// diff shows the lines around a change, and secrets, or what a terminal obeys, may
// stand there: it shows fewer lines then. Where the changed line itself has one, it is masked, and the
// path is answered: that part of the diff does not apply.
func Diff(changes []Change) (text string, masked []string) {
	var b strings.Builder
	for _, c := range changes {
		u, hidden := c.unified()
		if len(hidden) > 0 {
			masked = append(masked, c.Path)
		}
		b.WriteString(u.String())
	}
	return b.String(), masked
}

// Patch is Diff for changes that are to be applied: what cannot be shown
// as it is is left out, and the path of its file answered.
func Patch(changes []Change) (text string, left []string) {
	var b strings.Builder
	for _, c := range changes {
		u, hidden := c.unified()
		if len(hidden) > 0 {
			left = append(left, c.Path)
			u.Hunks = slices.DeleteFunc(u.Hunks, func(h *udiff.Hunk) bool { return slices.Contains(hidden, h) })
			number(u.Hunks)
		}
		if len(u.Hunks) > 0 {
			b.WriteString(u.String())
		}
	}
	return b.String(), left
}

// unified is the diff of one file, with as many lines around as can be shown,
// and those of its hunks that have some all the same.
func (c Change) unified() (u udiff.UnifiedDiff, masked []*udiff.Hunk) {
	name := strings.TrimPrefix(path.Clean(c.Path), "/")
	before := string(c.Before)
	edits := udiff.Lines(before, string(c.After))
	for context := udiff.DefaultContextLines; context > 0; context-- {
		u, _ = udiff.ToUnifiedDiff(patchName("a/", name), patchName("b/", name), before, edits, context) // Lines's own edits fit
		number(u.Hunks)
		masked = c.mask(&u)
		if len(masked) == 0 {
			break
		}
	}
	return u, masked
}

// number counts the lines of the new file: the library loses count where one
// hunk has several changes.
func number(hunks []*udiff.Hunk) {
	added := 0
	for _, hunk := range hunks {
		hunk.ToLine = hunk.FromLine + added
		for _, line := range hunk.Lines {
			switch line.Kind {
			case udiff.Insert:
				added++
			case udiff.Delete:
				added--
			}
		}
	}
}

// mask hides what must not be shown of a diff, and answers the hunks that have
// any of it: secrets, and what a terminal or the log of a CI system would obey.
func (c Change) mask(u *udiff.UnifiedDiff) (masked []*udiff.Hunk) {
	starts := lineStarts(c.Before)
	for _, hunk := range u.Hunks {
		number := hunk.FromLine - 1
		last := number
		for _, line := range hunk.Lines {
			if line.Kind != udiff.Insert {
				last++
			}
		}
		m := c.file.MaskerOf(c.masker, starts[min(number, len(starts)-1)], starts[min(last, len(starts)-1)])
		for i := range hunk.Lines {
			line := &hunk.Lines[i]
			shown := line.Content
			if line.Kind != udiff.Insert {
				shown = c.file.Masked(starts[number], starts[number]+len(line.Content))
				number++
			}
			if shown = harmless(m.Text(shown)); shown != line.Content {
				line.Content = shown
				masked = append(masked, hunk)
			}
		}
	}
	return masked
}

// lineStarts are where lines begin as diffs count them, and where the last ends.
func lineStarts(data []byte) []int {
	starts := []int{0}
	for i, c := range data {
		if c == '\n' {
			starts = append(starts, i+1)
		}
	}
	return append(starts, len(data))
}

// harmless is a line that nothing obeys. A tab is what it is, and a byte of another
// encoding as long as it is no control character there.
func harmless(line string) string {
	content := strings.TrimRight(line, "\r\n")
	var b strings.Builder
	for rest := content; rest != ""; {
		shown, size := text.PrintableRune(rest)
		if rest[0] == '\t' || size == 1 && rest[0] >= 0xa0 {
			shown = rest[:1]
		}
		b.WriteString(shown)
		rest = rest[size:]
	}
	return text.LogLine(b.String()) + line[len(content):]
}

// patchName is a file in the head of a patch, as git writes one of which a
// character could be taken for something else.
func patchName(prefix, name string) string {
	name = prefix + name
	switch {
	case !text.IsPrintable(name) || strings.ContainsAny(name, `"\`):
		var b strings.Builder
		for i := range len(name) {
			if c := name[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
				fmt.Fprintf(&b, `\%03o`, c)
			} else {
				b.WriteByte(c)
			}
		}
		return `"` + b.String() + `"`
	case strings.Contains(name, " "):
		return name + "\t" // so that patch finds the end of the name
	}
	return name
}
