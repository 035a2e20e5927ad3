package sizing

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestInstances(t *testing.T) {
	list := Instances()
	require.Len(t, list, 3072)
	seen := map[string]bool{}
	for _, i := range list {
		require.False(t, seen[strings.ToLower(i.Name)], "%s: two rows", i.Name)
		seen[strings.ToLower(i.Name)] = true
		require.Contains(t, []string{"aws", "azure", "gcp"}, i.Provider)
		require.GreaterOrEqual(t, i.Cores, int64(1), i.Name)
		require.GreaterOrEqual(t, i.Memory, int64(500<<20), i.Name)
		require.Contains(t, []string{"amd64", "arm64"}, i.Arch)
		require.Equal(t, i.Local.Space > 0, i.Local.Kind != "", i.Name)
		require.False(t, i.Local.Unknown && i.Local.Space > 0, i.Name)
		require.Equal(t, i.Local.Space, i.Machine().DiskSpace(), i.Name)
	}
	require.Regexp(t, `^AWS 20\d\d-\d\d-\d\d and .*, Azure .*, GCP 20\d\d-\d\d-\d\d$`, InstancesAsOf())
}

// The figures are those that the clouds publish.
func TestLookupInstance(t *testing.T) {
	const nvme = "nvme-ssd"
	for _, want := range []Instance{
		{"aws", "r4.2xlarge", 8, 61 << 30, "amd64", LocalDisks{}},
		{"aws", "i3.2xlarge", 8, 61 << 30, "amd64", LocalDisks{Count: 1, Space: 1_900_000_000_000, Kind: nvme}},
		{"aws", "i3.16xlarge", 64, 488 << 30, "amd64", LocalDisks{Count: 8, Space: 15_200_000_000_000, Kind: nvme}},
		{"aws", "m5.xlarge", 4, 16 << 30, "amd64", LocalDisks{}},
		{"aws", "c8id.16xlarge", 64, 128 << 30, "amd64", LocalDisks{Space: 3_800_000_000_000, Kind: nvme}},
		{"gcp", "n2-standard-8", 8, 32 << 30, "amd64", LocalDisks{}},
		{"gcp", "e2-micro", 1, 1 << 30, "amd64", LocalDisks{}},
		{"azure", "Standard_L8s_v3", 8, 64 << 30, "amd64", LocalDisks{Count: 1, Space: 1_920_000_000_000, Kind: nvme}},
		{"azure", "Standard_L8s_v4", 8, 64 << 30, "amd64", LocalDisks{Unknown: true}},
		{"azure", "Standard_E32-8s_v5", 8, 256 << 30, "amd64", LocalDisks{Unknown: true}},
	} {
		got, err := LookupInstance(strings.ToUpper(want.Name))
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
}

func TestLookupInstanceUnknown(t *testing.T) {
	for name, want := range map[string]string{
		"r4.2xlrage":              `unknown instance type "r4.2xlrage": did you mean r4.2xlarge?`,
		"E8s_v5":                  `unknown instance type "E8s_v5": did you mean Standard_E8s_v5?`,
		"i3en.1":                  `unknown instance type "i3en.1": did you mean i3en.12xlarge?`,
		"a server under my desk":  `unknown instance type "a server under my desk"`,
		"":                        `unknown instance type ""`,
		"r4.2xlarge,i3.2xlarge\n": `unknown instance type "r4.2xlarge,i3.2xlarge\n"`,
	} {
		_, err := LookupInstance(name)
		require.EqualError(t, err, want)
	}
}

func TestLocalDisksString(t *testing.T) {
	for want, disks := range map[string]LocalDisks{
		"":                    {},
		"not known":           {Unknown: true},
		"3.8 TB of nvme-ssd":  {Space: 3_800_000_000_000, Kind: "nvme-ssd"},
		"2 x 1.9 TB nvme-ssd": {Count: 2, Space: 3_800_000_000_000, Kind: "nvme-ssd"},
		"24 x 2 TB hdd":       {Count: 24, Space: 48_000_000_000_000, Kind: "hdd"},
	} {
		require.Equal(t, want, disks.String())
	}
}

// Every name is found however it is written, and only under its name.
func TestLookupInstanceAnyCase(t *testing.T) {
	list := Instances()
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.SampledFrom(list).Draw(t, "instance")
		flip := rapid.SliceOfN(rapid.Bool(), len(want.Name), len(want.Name)).Draw(t, "flip")
		got, err := LookupInstance(spelt(want.Name, flip))
		require.NoError(t, err)
		require.Equal(t, want, got)
	})
}

func spelt(name string, upper []bool) string {
	letters := []rune(strings.ToLower(name))
	for i := range letters {
		if upper[i] {
			letters[i] = unicode.ToUpper(letters[i])
		}
	}
	return string(letters)
}

// A name with two letters swapped or one left out leads back to itself, or to
// another that is as near: many names differ by one letter only.
func TestLookupInstanceTypo(t *testing.T) {
	list := Instances()
	asked, right := 0, 0
	for n := 0; n < len(list); n += 29 {
		name := list[n].Name
		at := 1 + n%(len(name)-2)
		for _, typo := range []string{name[:at] + name[at+1:], name[:at] + name[at+1:at+2] + name[at:at+1] + name[at+2:]} {
			_, err := LookupInstance(typo)
			if err == nil {
				continue
			}
			asked++
			require.ErrorContains(t, err, "did you mean")
			if strings.Contains(err.Error(), name) {
				right++
			}
		}
	}
	require.Greater(t, asked, 150)
	require.Greater(t, right*4, asked*3, "%d of %d typos lead back", right, asked)
}

func TestFindInstances(t *testing.T) {
	for _, test := range []struct {
		filter InstanceFilter
		names  string
	}{
		{InstanceFilter{Pattern: "R4.?XLARGE"}, "r4.2xlarge r4.4xlarge r4.8xlarge"},
		{InstanceFilter{Pattern: "i3.*", MinCores: 32}, "i3.8xlarge i3.16xlarge i3.metal"},
		{InstanceFilter{Pattern: "r4.2xl"}, "r4.2xlarge"},
		{InstanceFilter{Provider: "aws", MinMemory: 60 << 30, MaxMemory: 61 << 30, NVMe: true}, "i3.2xlarge"},
		{InstanceFilter{Provider: "gcp", Arch: "arm64", MinMemory: 600 << 30}, "c4a-highmem-96-metal"},
	} {
		list, err := FindInstances(test.filter)
		require.NoError(t, err)
		var names []string
		for _, i := range list {
			names = append(names, i.Name)
		}
		require.Equal(t, test.names, strings.Join(names, " "))
	}
	all, err := FindInstances(InstanceFilter{})
	require.NoError(t, err)
	require.Equal(t, Instances(), all)
	for _, test := range []struct {
		filter InstanceFilter
		want   string
	}{
		{InstanceFilter{Pattern: "r4.2xlrage"}, `no instance type is like "r4.2xlrage": did you mean r4.2xlarge?`},
		{InstanceFilter{Pattern: "r4.2xlarge", NVMe: true}, "no instance type has all that: ask for less"},
		{InstanceFilter{Pattern: "[r"}, `"[r" is not a pattern: write a name or a part of it, or * and ? for what does not matter`},
	} {
		_, err := FindInstances(test.filter)
		require.EqualError(t, err, test.want)
	}
}

// constrained are Azure's sizes with fewer cores than their series has; their
// names say how many are active, and lists of sizes give those of the series.
var constrained = regexp.MustCompile(`^Standard_[A-Z]+\d+-(\d+)`)

// TestInstancesAgainstFacts compares the table with the collection that it was
// made from, where that is at hand.
func TestInstancesAgainstFacts(t *testing.T) {
	shared := os.Getenv("IMPLYCHECK_SHARED")
	if shared == "" {
		t.Skip("IMPLYCHECK_SHARED is not set: it names the folder with the facts")
	}
	file, err := os.Open(filepath.Join(shared, "facts", "sizing", "instances.csv"))
	require.NoError(t, err)
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	require.NoError(t, err)
	column := map[string]int{}
	for i, name := range rows[0] {
		column[name] = i
	}
	list := Instances()
	require.Len(t, list, len(rows)-1)
	for n, row := range rows[1:] {
		get := func(name string) string { return row[column[name]] }
		i := list[n]
		require.Equal(t, []string{get("provider"), get("name"), get("arch"), get("local_kind")}, []string{i.Provider, i.Name, i.Arch, i.Local.Kind})
		cores, err := strconv.ParseFloat(get("vcpu"), 64)
		require.NoError(t, err)
		if m := constrained.FindStringSubmatch(i.Name); m != nil {
			cores, _ = strconv.ParseFloat(m[1], 64)
		}
		require.Equal(t, max(1, int64(cores)), i.Cores, i.Name)
		require.Equal(t, get("memory_mib"), strconv.FormatInt(i.Memory>>20, 10), i.Name)
		count, size, some := strings.Cut(get("local_gb"), "x")
		if !some {
			require.Zero(t, i.Local.Space, i.Name)
			require.Equal(t, get("source") == "autoscaler", i.Local.Unknown, i.Name)
			continue
		}
		disks, _ := strconv.ParseInt(count, 10, 64) // None where only the sum is known
		gb, err := strconv.ParseFloat(size, 64)
		require.NoError(t, err)
		require.Equal(t, disks, i.Local.Count, i.Name)
		require.InDelta(t, gb*1e9*float64(max(1, disks)), i.Local.Space, 1e6, i.Name)
	}
}

func BenchmarkLookupInstance(b *testing.B) {
	for b.Loop() {
		if _, err := LookupInstance("Standard_M96s_2_v3"); err != nil {
			b.Fatal(err)
		}
	}
}
