package report

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

var colorVariable = regexp.MustCompile(`--([a-z-]+): (#[0-9a-f]+);`)

// palettes are the colours of a page by the ground that they are for: light, dark
// and paper.
func palettes(styles ...string) map[string]map[string]string {
	all := map[string]map[string]string{"light": {}, "dark": {}, "print": {}}
	for _, style := range styles {
		for ground, start := range map[string]string{"light": ":root", "dark": "@media (prefers-color-scheme: dark)", "print": "@media print"} {
			_, block, found := strings.Cut(style, start)
			if !found {
				continue
			}
			block, _, _ = strings.Cut(block, "}")
			for _, m := range colorVariable.FindAllStringSubmatch(block, -1) {
				all[ground][m[1]] = m[2]
			}
		}
	}
	return all
}

// TestMade: a page that people keep says when it was made.
func TestMade(t *testing.T) {
	made := time.Date(2026, 11, 29, 10, 20, 30, 0, time.FixedZone("CET", 3600))
	const want = `<time datetime="2026-11-29T09:20:30Z">29 November 2026, 09:20 UTC</time>`
	require.Contains(t, render(t, HTML, pages(), Options{Made: made}), want)
	require.Contains(t, renderPlan(t, PlanHTML, smallCluster(), PlanOptions{Made: made}), want)
	c := sampleClusters(t)
	c.Made = made
	var b strings.Builder
	require.NoError(t, ClustersHTML(&b, c))
	require.Contains(t, b.String(), want)
	require.NotContains(t, render(t, HTML, pages(), Options{}), "<time")
}

// TestCopied: a button copies what is to be written, and never a masked secret.
func TestCopied(t *testing.T) {
	require.Equal(t, "a=2\nb=3\n", hunk{Lines: []string{"-a=1", " x=1", "+a=2", "+b=3"}, Exact: true}.Added())
	require.Empty(t, hunk{Lines: []string{"-a=1"}, Exact: true}.Added())
	require.Empty(t, hunk{Lines: []string{"+password=****"}, Exact: true}.Added())
	plan := renderPlan(t, PlanHTML, smallCluster(), PlanOptions{})
	require.Contains(t, plan, "data-copy=\"-Xmx2g\n\" hidden>Copy jvm.config</button>") // ZooKeeper's, without the flags of Druid
	require.Contains(t, plan, "data-copy=\"-Xmx3g\n-XX:&#43;UseG1GC\n-Duser.timezone=UTC\n\" hidden>Copy jvm.config</button>")
}

// TestCopyInABrowser: the script runs under the page's own policy and shows the buttons.
func TestCopyInABrowser(t *testing.T) {
	t.Parallel()
	for _, page := range []string{render(t, HTML, pages(), Options{}), renderPlan(t, PlanHTML, smallCluster(), PlanOptions{})} {
		require.Regexp(t, `class="copy"[^>]* hidden>Copy`, page)
		document := browser(t, pageFile(t, page))
		require.Contains(t, document, `<button type="button" class="copy"`)
		require.NotRegexp(t, `class="copy"[^>]* hidden=""`, document)
	}
}

// luminance is that of WCAG 2.2.
func luminance(t *testing.T, hex string) float64 {
	digits := strings.TrimPrefix(hex, "#")
	if len(digits) == 3 {
		digits = string([]byte{digits[0], digits[0], digits[1], digits[1], digits[2], digits[2]})
	}
	sum := 0.0
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		n, err := strconv.ParseUint(digits[2*i:2*i+2], 16, 8)
		require.NoError(t, err, hex)
		c := float64(n) / 255
		if c <= 0.04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		sum += weight * c
	}
	return sum
}

func contrast(t *testing.T, a, b string) float64 {
	x, y := luminance(t, a), luminance(t, b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

// TestContrast: the borders of what can be worked have 3:1, words 4.5:1, on every
// ground that they are on.
func TestContrast(t *testing.T) {
	require.InDelta(t, 21, contrast(t, "#000", "#ffffff"), 0.01)
	for ground, colors := range palettes(pageStyle, findingsStyle) {
		for _, behind := range []string{"page", "raised"} {
			require.GreaterOrEqual(t, contrast(t, colors["border"], colors[behind]), 3.0, "%s: a border on the %s", ground, behind)
			for _, word := range []string{"text", "faint", "link", "error", "warning", "info", "yes"} {
				require.GreaterOrEqual(t, contrast(t, colors[word], colors[behind]), 4.5, "%s: %s on the %s", ground, word, behind)
			}
		}
	}
}
