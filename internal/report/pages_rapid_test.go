package report

import (
	"html"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/implycheck/implycheck/finding"
)

// hostileString is anyString with markup in it.
func hostileString() *rapid.Generator[string] {
	markup := rapid.SampledFrom([]string{
		breakout, "<script>", "</script>", "</style>", "</summary></details>", "-->", "```", "````", "`", "**", "](x)", "|", "@all", "&lt;", "{{", `"`, "'", "\n\n", "\\",
	})
	return rapid.Map(rapid.SliceOfN(rapid.OneOf(markup, anyString()), 1, 4), func(pieces []string) string { return "x" + strings.Join(pieces, "") })
}

// pageReports also have what was suppressed, fixes and answers.
func pageReports(text *rapid.Generator[string]) *rapid.Generator[*finding.Report] {
	return rapid.Custom(func(t *rapid.T) *finding.Report {
		r := reports(text).Draw(t, "report")
		for i := range r.Findings {
			f := &r.Findings[i]
			if place := f.Location; place.Column > 0 {
				f.Fix = &finding.Fix{Safe: rapid.Bool().Draw(t, "safe"), Edits: []finding.Edit{edit(place, text.Draw(t, "edit"))}}
			}
			r.Suppressed = append(r.Suppressed, finding.Suppressed{Finding: *f, Suppression: finding.Suppression{By: "comment", Reason: text.Draw(t, "why")}})
		}
		for i := range r.Trees {
			r.Trees[i].HighAvailability = []finding.Point{{Name: text.Draw(t, "point"), Answer: finding.No, Detail: text.Draw(t, "detail")}}
		}
		return r
	})
}

var tag = regexp.MustCompile(`<[a-zA-Z/!][^>]*>`)

// known are all the tags that the template of the page has.
var known = func() map[string]bool {
	names := map[string]bool{}
	for _, t := range tag.FindAllString(findingsTemplate, -1) {
		names[tagName(t)] = true
	}
	return names
}()

func tagName(tag string) string { return regexp.MustCompile(`^</?[a-zA-Z!0-9]*`).FindString(tag) }

// TestPageHoldsAnything: whatever a finding says, the page has the template's own
// tags and no others, one script, and every text of it.
func TestPageHoldsAnything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := pageReports(hostileString()).Draw(t, "report")
		page := render(t, HTML, r, Options{})
		requireVisible(t, strings.NewReplacer("\t", "").Replace(page))
		for _, at := range tag.FindAllString(page, -1) {
			require.True(t, known[tagName(at)], "%s is not the template's", at)
		}
		require.Equal(t, 1, strings.Count(page, "<script"))
		require.Equal(t, len(r.Findings)+len(r.Suppressed), strings.Count(page, "<article "))
		text := html.UnescapeString(tag.ReplaceAllString(page, ""))
		eachShown(r, func(f *finding.Finding) {
			require.Contains(t, text, printable(f.Message))
			require.Contains(t, text, printable(f.Rule))
			for _, d := range details(f) {
				require.Contains(t, text, strings.Join(each(d.Lines, printable), "\n"))
			}
			for _, n := range f.Related {
				require.Contains(t, text, printable(n.Message))
				require.Contains(t, text, location(n.Location))
			}
			for _, h := range hunks(f.Fix) {
				for _, line := range h.Lines {
					require.Contains(t, text, line)
				}
			}
		})
		for _, s := range r.Suppressed {
			require.Contains(t, text, printable(s.Suppression.Reason))
		}
	})
}

func eachShown(r *finding.Report, do func(*finding.Finding)) {
	for i := range r.Findings {
		do(&r.Findings[i])
	}
	for i := range r.Suppressed {
		do(&r.Suppressed[i].Finding)
	}
}

var (
	markdownTag = regexp.MustCompile(`</?[a-zA-Z!][^>]*>?`)
	fences      = regexp.MustCompile("^(`{3,})(text|diff)$")
	ourTags     = []string{"<details>", "</details>", "<summary>", "</summary>", "<code>", "</code>", "<br>"}
	unescaped   = regexp.MustCompile(`\\([!-/:-@\[-` + "`" + `{-~])`)
)

// TestMarkdownHoldsAnything: outside of code there is no tag but ours, every
// block is closed, and every finding is there or counted as left out.
func TestMarkdownHoldsAnything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := pageReports(hostileString()).Draw(t, "report")
		text := render(t, Markdown, r, Options{})
		requireVisible(t, text)
		require.LessOrEqual(t, len(text), markdownLimit)
		depth, folded, open := 0, 0, ""
		for line := range strings.Lines(text) {
			line = strings.TrimSuffix(line, "\n")
			if open != "" {
				if line == open {
					open = ""
				}
				continue
			}
			if m := fences.FindStringSubmatch(line); m != nil {
				open = m[1]
				continue
			}
			for _, at := range markdownTag.FindAllString(withoutCode(line), -1) {
				require.Contains(t, ourTags, at, line)
			}
			depth += strings.Count(withoutCode(line), "<details>") - strings.Count(withoutCode(line), "</details>")
			folded += strings.Count(withoutCode(line), "<details>")
			require.Contains(t, []int{0, 1}, depth)
		}
		require.Empty(t, open)
		require.Zero(t, depth)
		if strings.Contains(text, "**Left out: ") {
			return
		}
		require.Equal(t, len(r.Findings)+min(1, len(r.Suppressed)), folded)
		for _, f := range r.Findings {
			require.Contains(t, text, summaryText(f.Message))
			require.Equal(t, printable(f.Message), strings.ReplaceAll(html.UnescapeString(summaryText(f.Message)), "\u200b", ""))
			require.Equal(t, printable(f.Effect), strings.ReplaceAll(html.UnescapeString(unescaped.ReplaceAllString(prose(f.Effect), "$1")), "\u200b", ""))
		}
	})
}

// withoutCode takes the code spans out of a line, as CommonMark finds them: a run
// of backticks ends at the next run of the same length. HTML blocks have none.
func withoutCode(line string) string {
	if strings.HasPrefix(line, "<") {
		return line
	}
	runs := regexp.MustCompile("`+").FindAllStringIndex(line, -1)
	var b strings.Builder
	from := 0
	for i := 0; i < len(runs); i++ {
		if runs[i][0] < from || runs[i][0] > 0 && line[runs[i][0]-1] == '\\' {
			continue
		}
		for j := i + 1; j < len(runs); j++ {
			if runs[j][1]-runs[j][0] == runs[i][1]-runs[i][0] {
				b.WriteString(line[from:runs[i][0]])
				from, i = runs[j][1], j
				break
			}
		}
	}
	b.WriteString(line[from:])
	return b.String()
}

// TestMarkdownEnds: a comment of a fleet ends at the limit, and adds up.
func TestMarkdownEnds(t *testing.T) {
	r := fleet(3000)
	r.Suppressed = []finding.Suppressed{{Finding: quiet("sec-no-auth", 2), Suppression: finding.Suppression{By: "baseline"}}}
	text := render(t, Markdown, r, Options{})
	require.LessOrEqual(t, len(text), markdownLimit)
	require.Greater(t, len(text), markdownLimit-2*markdownTail-1000)
	shown := strings.Count(text, "<details><summary>")
	left := regexp.MustCompile(`\*\*Left out: 200 rows of the table of trees; (\d+) errors, (\d+) warnings, (\d+) infos; 1 suppressed\.\*\*`).FindStringSubmatch(text)
	require.NotNil(t, left, text[len(text)-800:])
	sum := 0
	for _, digits := range left[1:4] {
		n, err := strconv.Atoi(digits)
		require.NoError(t, err)
		sum += n
	}
	require.Equal(t, 3000, shown+sum)
	require.NotContains(t, text, "### Infos", "the worst come first")
}

// TestMarkdownSkipsAGiant: one finding without end does not take the place of all.
func TestMarkdownSkipsAGiant(t *testing.T) {
	giant := storageNotLoaded()
	giant.Message = strings.Repeat("x", markdownLimit)
	text := render(t, Markdown, reportOf(nil, giant, misspelt()), Options{})
	require.Contains(t, text, "prop-unknown")
	require.Contains(t, text, "**Left out: 1 error.** A comment ends at 65,536 characters")
}
