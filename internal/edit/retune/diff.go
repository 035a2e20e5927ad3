package retune

import (
	"path"
	"slices"
	"strings"

	"github.com/aymanbagabas/go-udiff"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/conf/syntax"
	"github.com/implycheck/implycheck/internal/text"
	"github.com/implycheck/implycheck/schema"
)

// Diff writes changes as a unified diff that git apply and patch -p1 take. A
// diff shows the lines around a change, and secrets may stand there: it shows
// fewer lines then. Where the changed line itself has one, it is masked, and the
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

// Patch is Diff for changes that are to be applied: what cannot be shown without
// a secret is left out, and the path of its file answered.
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

// unified is the diff of one file, with as many lines around as have no secrets,
// and those of its hunks that have some all the same.
func (c Change) unified() (u udiff.UnifiedDiff, masked []*udiff.Hunk) {
	name := strings.TrimPrefix(path.Clean(c.Path), "/")
	if strings.Contains(name, " ") {
		name += "\t" // as git does, so that patch finds the end of the name
	}
	before := string(c.Before)
	edits := udiff.Lines(before, string(c.After))
	for context := udiff.DefaultContextLines; context > 0; context-- {
		u, _ = udiff.ToUnifiedDiff("a/"+name, "b/"+name, before, edits, context) // Lines's own edits fit
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

// mask hides the secrets of a diff, and answers the hunks that have any.
func (c Change) mask(u *udiff.UnifiedDiff) (masked []*udiff.Hunk) {
	secret := secretLines(c.file)
	for _, hunk := range u.Hunks {
		number := hunk.FromLine
		for i := range hunk.Lines {
			line := &hunk.Lines[i]
			shown := maskLine(line.Content, line.Kind != udiff.Insert && secret[number])
			if line.Kind != udiff.Insert {
				number++
			}
			if shown != line.Content {
				line.Content = shown
				masked = append(masked, hunk)
			}
		}
	}
	return masked
}

// secretLines are the lines that a secret value covers, counted as diffs do.
func secretLines(f *conf.File) map[int]bool {
	lines := map[int]bool{}
	cover := func(key, value string, span syntax.Span) {
		if value == "" || !schema.IsSecret(key) {
			return
		}
		first := strings.Count(string(f.Data[:span.Start.Offset]), "\n") + 1
		for i := range strings.Count(string(f.Data[span.Start.Offset:span.End.Offset]), "\n") + 1 {
			lines[first+i] = true
		}
	}
	for _, flag := range f.Flags {
		cover(flag.Name, flag.Value, flag.Span)
	}
	if f.Properties == nil {
		return lines
	}
	for _, e := range f.Properties.Entries {
		cover(e.Key, e.Value, e.Span)
	}
	for comment := range f.Properties.Comments() {
		if comment.Property != nil {
			cover(comment.Property.Key, comment.Property.Value, comment.Span)
		}
	}
	return lines
}

// maskLine hides the credentials in a line, and all of it if it is secret and
// they cannot be told from the rest.
func maskLine(line string, secret bool) string {
	shown := text.MaskText(line)
	if secret && shown == line {
		return "****" + line[len(strings.TrimRight(line, "\r\n")):]
	}
	return shown
}
