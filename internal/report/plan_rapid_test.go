package report

import (
	"encoding/json"
	"html"
	"regexp"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/implycheck/implycheck/sizing"
)

// TestPlanFormatsTakeAnything: no plan makes a format panic or write what a
// terminal could obey, and colours change nothing but colours.
func TestPlanFormatsTakeAnything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := plans(anyString()).Draw(t, "plan")
		o := PlanOptions{Width: rapid.IntRange(-1, 200).Draw(t, "width"), Explain: rapid.Bool().Draw(t, "explain")}
		format, err := LookupPlan(rapid.SampledFrom(PlanNames()).Draw(t, "format"))
		require.NoError(t, err)
		text := renderPlan(t, format, p, o)
		requireVisible(t, text)
		o.Color = true
		require.Equal(t, text, colors.ReplaceAllString(renderPlan(t, format, p, o), ""))
	})
}

// plain texts look the same in every format, apart from what the format escapes.
var plain = rapid.StringMatching(`[a-zA-Z0-9.,/"+-]{1,90}`)

// TestPlanFormatsLoseNothing: every key and value is in every format, and can be
// taken from there as it is.
func TestPlanFormatsLoseNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := plans(plain).Draw(t, "plan")
		markdown := renderPlan(t, PlanMarkdown, p, PlanOptions{})
		properties := renderPlan(t, PlanProperties, p, PlanOptions{})
		explained := renderPlan(t, PlanTable, p, PlanOptions{Explain: true})
		document := html.UnescapeString(strings.NewReplacer("<span>", "", "</span>", "").Replace(renderPlan(t, PlanHTML, p, PlanOptions{})))
		eachFigure(p, func(f *sizing.Figure) {
			require.Contains(t, markdown, "| "+code(f.Key))
			require.Contains(t, markdown, "| "+code(f.Value))
			if strings.HasPrefix(f.Key, "-") {
				require.Contains(t, properties, "\n"+assign(f)+"\n")
			} else {
				require.Contains(t, properties, "\n"+f.Key+"="+f.Value+"\n")
			}
			require.Contains(t, explained, "\n  "+assign(f))
			require.Contains(t, document, "<code>"+f.Key+"</code>")
			require.Contains(t, document, "<code>"+f.Value+"</code>")
			for _, text := range []string{f.Formula, f.Source} {
				require.Contains(t, markdown, text)
				require.Contains(t, properties, text)
				require.Contains(t, explained, text)
				require.Contains(t, document, text)
			}
		})
	})
}

// TestPlanTableLosesNothing: however narrow, the pieces of every key and value
// are there in order, and no line runs off the screen.
func TestPlanTableLosesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := plans(plain).Draw(t, "plan")
		width := rapid.IntRange(minTable, 200).Draw(t, "width")
		text := renderPlan(t, PlanTable, p, PlanOptions{Width: width})
		settings, values := "", ""
		for line := range strings.Lines(text) {
			if cells := strings.Split(line, "│"); len(cells) == 5 {
				settings += strings.TrimSpace(cells[1])
				values += strings.TrimSpace(cells[2])
				require.LessOrEqual(t, columns(strings.TrimSuffix(line, "\n")), width)
			}
		}
		eachFigure(p, func(f *sizing.Figure) {
			require.Contains(t, settings, f.Key)
			require.Contains(t, values, f.Value)
		})
	})
}

func eachFigure(p *sizing.Plan, do func(f *sizing.Figure)) {
	for _, s := range p.Servers {
		for _, process := range s.Processes {
			for i := range process.Figures {
				do(&process.Figures[i])
			}
		}
	}
}

// TestBarProperties: a bar is exactly as wide as asked, and shows every part in
// its order and near its share.
func TestBarProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := serversOf(plain).Draw(t, "server")
		parts := s.Parts()
		if len(parts) == 0 {
			t.Skip("nothing to show")
		}
		width := rapid.IntRange(len(parts), 300).Draw(t, "width")
		total := 0
		for i, n := range spread(parts, width) {
			require.Positive(t, n)
			exact := float64(parts[i].Bytes) / float64(totalOf(parts)) * float64(width)
			require.InDelta(t, exact, n, float64(len(parts))+1)
			total += n
		}
		require.Equal(t, width, total)
		printer := newPlanPrinter(&strings.Builder{}, PlanOptions{})
		require.Equal(t, width, columns(printer.bar(parts, width)))
	})
}

func TestPlanJSONProperties(t *testing.T) {
	compiled, err := jsonschema.NewCompiler().Compile(planSchemaFile)
	require.NoError(t, err)
	encodable := rapid.Map(anyString(), func(s string) string { return string([]rune(s)) })
	rapid.Check(t, func(t *rapid.T) {
		p := plans(encodable).Draw(t, "plan")
		text := renderPlan(t, PlanJSON, p, PlanOptions{})
		document, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
		require.NoError(t, err)
		require.NoError(t, compiled.Validate(document))
		var back planDoc
		require.NoError(t, json.Unmarshal([]byte(text), &back))
		require.Equal(t, docOfPlan(p), back)
	})
}

// TestSegmentsFillTheBar: each begins where the one before ends, at 0 and to 100 %.
func TestSegmentsFillTheBar(t *testing.T) {
	number := regexp.MustCompile(`^\d+\.\d\d$`)
	hundredths := func(text string) int {
		require.Regexp(t, number, text)
		var n json.Number = json.Number(strings.Replace(text, ".", "", 1))
		i, err := n.Int64()
		require.NoError(t, err)
		return int(i)
	}
	for _, s := range smallCluster().Servers {
		end := 0
		for _, segment := range segments(s.Parts()) {
			require.Equal(t, end, hundredths(segment.X))
			end += hundredths(segment.Width)
		}
		require.Equal(t, 10000, end)
	}
}
