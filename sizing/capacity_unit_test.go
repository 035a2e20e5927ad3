package sizing

import (
	"math"
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/implycheck/implycheck/schema"
)

func TestUnit(t *testing.T) {
	for _, test := range []struct {
		unit  Unit
		text  string
		value int64
		shown string
	}{
		{UnitPercent, "0.8", 80, "80 %"},
		{UnitPercent, "80%", 80, "80 %"},
		{UnitPercent, "1", 100, "100 %"},
		{UnitPercent, "1%", 1, "1 %"},
		{UnitBytes, "500MB", 500_000_000, "500 MB"},
		{UnitMemory, "2GiB", 2 << 30, "2 GiB"},
		{UnitBytesPerSecond, "10MB/s", 10_000_000, "10 MB/s"},
		{UnitRows, "10,000,000", 10_000_000, "10,000,000"},
		{UnitRowsPerSecond, "36200000/s", 36_200_000, "36,200,000/s"},
		{UnitSeconds, "90m", 5400, "1h30m"},
		{UnitSeconds, "1h", 3600, "1h"},
		{UnitSeconds, "61s", 61, "1m1s"},
		{UnitSeconds, "10h", 36000, "10h"},
		{UnitSeconds, "0s", 0, "0s"},
		{UnitCount, "15", 15, "15"},
	} {
		got, err := test.unit.Parse(test.text)
		require.NoError(t, err, test.text)
		require.Equal(t, test.value, got, test.text)
		require.Equal(t, test.shown, test.unit.Format(got))
	}
	for text, unit := range map[string]Unit{
		"": UnitPercent, "20000%": UnitPercent, "-1": UnitPercent, "NaN": UnitPercent, "80": UnitPercent, "-5": UnitCount,
		"1.5": UnitRows, "an hour": UnitSeconds, "-1h": UnitSeconds, "10MB/fortnight": UnitBytesPerSecond, "much": UnitBytes,
	} {
		_, err := unit.Parse(text)
		require.Error(t, err, text)
	}
}

// What is shown can be typed.
func TestAssumptionsRoundTrip(t *testing.T) {
	for _, want := range DefaultAssumptions() {
		set := DefaultAssumptions()
		require.NoError(t, set.Set(want.Name+"="+want.Unit.Format(want.Value)))
		for i, got := range set {
			require.Equal(t, DefaultAssumptions()[i].Value, got.Value, got.Name)
			require.Equal(t, got.Name == want.Name, got.Source == "yours")
		}
		require.NotEmpty(t, want.Doc)
		require.NotEmpty(t, want.Source)
		require.GreaterOrEqual(t, want.Value, want.Least)
	}
}

func TestAssumptionsSetRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"fill":                `"fill" sets nothing: write a name and a value, as in fill=90%`,
		"fil=0.9":             `unknown assumption "fil": did you mean fill?`,
		"fill=0":              "fill: 0 % are too little: write 1 % or more",
		"fill=9":              "fill: 900 % are too much: write 100 % or less",
		"task-duration=1":     `task-duration: "1" is not a length of time: write it as in 90m or 1h`,
		"rows-per-query=many": `rows-per-query: "many" is not a whole number`,
	} {
		require.EqualError(t, DefaultAssumptions().Set(text), want)
	}
	require.ErrorContains(t, DefaultAssumptions().Set("xyzzy-plugh=1"), `unknown assumption "xyzzy-plugh": write one of fill, page-cache, `)
}

func TestParseShare(t *testing.T) {
	for text, want := range map[string]Share{"30d/1y": {720, 8760}, "1w / 4w": {168, 672}, "6h/1d": {6, 24}, "1y/1y": {8760, 8760}} {
		got, err := ParseShare(text)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	for _, text := range []string{"", "30d", "1y/30d", "0d/1y", "-1d/1y", "30/365", "d/y", "99999999999d/1y", "1d/", "/1y", "3m/1y"} {
		_, err := ParseShare(text)
		require.EqualError(t, err, `"`+text+`" is not a part of a time: write the newest of all, as in 30d/1y, with h, d, w or y`)
	}
	require.EqualValues(t, 1_643_835_616_439, Share{720, 8760}.of(20_000_000_000_000), "20 TB x 30 / 365, rounded up")
	require.Zero(t, Share{}.of(1))
}

func TestParseRates(t *testing.T) {
	for text, want := range map[string]int64{"200MB/s": 200_000_000, "200MB": 200_000_000, "2TB/d": 23_148_149, "1GB/h": 277_778, "60MB/min": 1_000_000, "0": 0} {
		got, err := ParseRate(text)
		require.NoError(t, err)
		require.Equal(t, want, got, text)
	}
	for text, want := range map[string]int64{"50/s": 50, "50": 50, "300/min": 5, "1/h": 1, "0": 0} {
		got, err := ParseCountRate(text)
		require.NoError(t, err)
		require.Equal(t, want, got, text)
	}
	for _, text := range []string{"", "fast", "1/", "/s", "-1/s", "1/s/s", "1/week"} {
		_, err := ParseRate(text)
		require.ErrorContains(t, err, "is not a rate: write a size for a time", text)
		_, err = ParseCountRate(text)
		require.ErrorContains(t, err, "is not a rate: write a number for a time", text)
	}
}

// Exact as the library's large numbers are, up to the largest int64.
func TestMulDivUp(t *testing.T) {
	number := rapid.OneOf(rapid.Int64Range(0, 1000), rapid.Int64Range(0, math.MaxInt64))
	rapid.Check(t, func(t *rapid.T) {
		a, b := number.Draw(t, "a"), number.Draw(t, "b")
		c := rapid.OneOf(rapid.Int64Range(1, 1000), rapid.Int64Range(1, math.MaxInt64)).Draw(t, "c")
		q, r := new(big.Int).DivMod(product(a, b), big.NewInt(c), new(big.Int))
		if r.Sign() > 0 {
			q.Add(q, big.NewInt(1))
		}
		want := int64(math.MaxInt64)
		if q.IsInt64() {
			want = q.Int64()
		}
		require.Equal(t, want, mulDivUp(a, b, c))
	})
}

// Whatever is typed is a number that makes sense, or an error.
func TestParseAnything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.StringMatching(`-?[0-9]{0,20}[.,]?[0-9]{0,3} ?(%|GB|d|y|h|s)?(/(s|d|1?y))?`)).Draw(t, "text")
		if s, err := ParseShare(text); err == nil {
			require.Positive(t, s.Part)
			require.LessOrEqual(t, s.Part, s.Whole)
		}
		units := []Unit{UnitCount, UnitPercent, UnitBytes, UnitMemory, UnitBytesPerSecond, UnitRows, UnitRowsPerSecond, UnitSeconds}
		if n, err := rapid.SampledFrom(units).Draw(t, "unit").Parse(text); err == nil {
			require.GreaterOrEqual(t, n, int64(0))
		}
		for _, name := range DefaultAssumptions().Names() {
			set := DefaultAssumptions()
			if set.Set(name+"="+text) == nil {
				_, err := PlanCluster(Demand{Target: schema.DefaultTarget, Data: 1e12, Replication: 2, Hot: Share{1, 12}, Ingest: 1e8, Queries: 50, Assumptions: set}, onAll(Machine{Cores: 8, Memory: 64 << 30}))
				if err != nil {
					require.Regexp(t, "more than any cluster has|^the (query|master) server: ", err.Error())
				}
			}
		}
	})
}
