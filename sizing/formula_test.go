package sizing

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// evaluate computes what a printed formula of an amount says, from its words alone.
func evaluate(t require.TestingT, formula string) int64 {
	for brackets.MatchString(formula) {
		formula = brackets.ReplaceAllStringFunc(formula, func(inner string) string { return within(t, inner[1:len(inner)-1]) })
	}
	parts := stepWords.Split(formula, -1)
	n := base(t, parts[0])
	for i, step := range stepWords.FindAllString(formula, -1) {
		amounts := amountWords.FindAllStringSubmatch(parts[i+1], -1)
		require.NotEmpty(t, amounts, formula)
		m := amountOf(t, amounts[0])
		switch {
		case strings.Contains(step, "up to"):
			n = (n + m - 1) / m * m
		case strings.Contains(step, "down to"):
			n = n / m * m
		case strings.Contains(step, "at most"):
			n = min(n, m)
		default:
			n = max(n, m)
		}
	}
	return n
}

var (
	stepWords   = regexp.MustCompile(`, rounded (?:up|down) to a multiple of |; at (?:most|least) `)
	amountWords = regexp.MustCompile(`([\d.]+) (GiB|MiB|KiB|MB)`)
	partWords   = regexp.MustCompile(`^(a fourteenth|a sixteenth|a fifth|two fifths|\d+/32|half of a Coordinator's heap) of (.*)$`)
	brackets    = regexp.MustCompile(`\(([^()]*)\)`)
)

var fractions = map[string][2]int64{"a fourteenth": {1, 14}, "a sixteenth": {1, 16}, "a fifth": {1, 5}, "two fifths": {2, 5}, "half of a Coordinator's heap": {1, 2}}

func amountOf(t require.TestingT, m []string) int64 {
	n, err := strconv.ParseFloat(m[1], 64)
	require.NoError(t, err)
	return int64(n * map[string]float64{"GiB": 1 << 30, "MiB": 1 << 20, "KiB": 1 << 10, "MB": 1e6}[m[2]])
}

// within is what stands in brackets: an amount, or a sum of counts.
func within(t require.TestingT, inner string) string {
	if amountWords.MatchString(inner) {
		return fmt.Sprintf("%d MiB", evaluate(t, inner)>>20)
	}
	var sum int64
	for term := range strings.SplitSeq(inner, " + ") {
		n, err := strconv.ParseInt(strings.Fields(term)[0], 10, 64)
		require.NoError(t, err)
		sum += n
	}
	return fmt.Sprint(sum)
}

// base is the part of a formula before it is rounded and bounded.
func base(t require.TestingT, text string) int64 {
	if m := partWords.FindStringSubmatch(text); m != nil {
		fraction, ok := fractions[m[1]]
		if !ok {
			_, err := fmt.Sscanf(m[1], "%d/32", &fraction[0])
			require.NoError(t, err)
			fraction[1] = 32
		}
		return base(t, m[2]) / fraction[1] * fraction[0]
	}
	text, more := strings.CutSuffix(text, " and half of it for the Overlord")
	var sum int64
	for term := range strings.SplitSeq(text, " + ") {
		sum += product1(t, term)
	}
	if more {
		sum += sum / 2
	}
	return sum
}

// product1 is an amount times counts: 512 MiB x 8 cores, 500 MiB x 10 x 150 % ....
func product1(t require.TestingT, term string) int64 {
	factors := strings.Split(term, " x ")
	m := amountWords.FindStringSubmatch(factors[0])
	require.NotNil(t, m, term)
	n := amountOf(t, m)
	if _, segments, ok := strings.Cut(factors[0], " for each of "); ok && strings.HasSuffix(segments, "segments") {
		count, err := strconv.ParseInt(strings.ReplaceAll(strings.Fields(segments)[0], ",", ""), 10, 64)
		require.NoError(t, err)
		n *= count
	}
	for _, factor := range factors[1:] {
		words := strings.Fields(factor)
		count, err := strconv.ParseInt(words[0], 10, 64)
		require.NoError(t, err, term)
		n *= count
		if len(words) > 1 && words[1] == "%" {
			n /= 100
		}
	}
	return n
}

// Every heap and every limit of direct memory is what its formula says, worked out
// from the words that are printed.
func TestFormulasResultInTheirNumbers(t *testing.T) {
	all := targets(t)
	rapid.Check(t, func(t *rapid.T) {
		r := Request{
			Target:      rapid.SampledFrom(all).Draw(t, "target"),
			Brokers:     rapid.Int64Range(0, 8).Draw(t, "brokers"),
			DataServers: rapid.Int64Range(0, 60).Draw(t, "data servers"),
			Segments:    rapid.SampledFrom([]int64{0, 40_000, 4_096_000}).Draw(t, "segments"),
			Lookups:     rapid.Int64Range(0, 2).Draw(t, "lookups") << 30,
			NoCache:     rapid.Bool().Draw(t, "no cache"),
		}
		m := Machine{Cores: rapid.Int64Range(1, 96).Draw(t, "cores"), Memory: rapid.Int64Range(2, 512).Draw(t, "GiB") << 30}
		m.Limited = rapid.Bool().Draw(t, "limited")
		r.Servers = []ServerRequest{{Role: rapid.SampledFrom(Roles()).Draw(t, "role"), Machine: m}}
		plan, err := Advise(r)
		if err != nil {
			return
		}
		for _, p := range plan.Servers[0].Processes {
			for key, want := range map[string]int64{"-Xmx": p.Heap, "-XX:MaxDirectMemorySize": p.Direct} {
				f, ok := p.Figure(key)
				if !ok || p.Service == "router" && key != "-Xmx" {
					continue
				}
				got := evaluate(t, f.Formula)
				// An amount is shown in tenths of its unit.
				require.InDelta(t, want>>20, got>>20, 3, "%s %s=%s: %s", p.Service, f.Key, f.Value, f.Formula)
			}
		}
	})
}
