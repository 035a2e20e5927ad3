package hardware

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/implycheck/implycheck/sizing"
)

func TestCountCPUs(t *testing.T) {
	for list, want := range map[string]int64{
		"0": 1, "0-3": 4, "0-2,5": 4, "0-63,128-191": 128, "": 0, "3-1": 0, "0-": 0, "-1": 0, "a": 0, "0,": 0, "0-99999999999": 0, "0 1": 0,
	} {
		assert.Equal(t, want, countCPUs(list), "%q", list)
	}
}

func TestQuotaCores(t *testing.T) {
	for quota, want := range map[string]int64{
		"100000": 1, "150000": 2, "200000": 2, "200001": 3, "1": 1, "max": 0, "-1": 0, "0": 0, "": 0, "1e5": 0, "9223372036854775807": math.MaxInt64/100000 + 1,
	} {
		assert.Equal(t, want, quotaCores(quota, "100000"), "%q", quota)
	}
	assert.Zero(t, quotaCores("100000", "0"))
	assert.Zero(t, quotaCores("100000", ""))
}

func TestGroupDirs(t *testing.T) {
	for _, c := range []struct {
		about, root, group string
		want               []string
	}{
		{"the root", "/", "/", []string{"/cg"}},
		{"a host", "/", "/a.slice/b.service", []string{"/cg/a.slice/b.service", "/cg/a.slice", "/cg"}},
		{"a container's own folder is mounted", "/docker/3f", "/docker/3f", []string{"/cg"}},
		{"a group in it", "/docker/3f", "/docker/3f/init", []string{"/cg/init", "/cg"}},
		{"the mount is another's", "/docker/3f", "/docker/3f00", []string{"/cg"}},
		{"out of the name space", "/", "/../other", []string{"/cg"}},
		{"mounted out of the name space", "/../..", "/", []string{"/cg"}},
		{"nonsense", "/", "a", []string{"/cg"}},
	} {
		assert.Equal(t, c.want, groupDirs([]mount{{kind: "cgroup2", root: c.root, point: "/cg"}}, "", c.group), c.about)
	}
	// A second mount that shows another's groups is not asked.
	mounts := []mount{{kind: "cgroup2", root: "/other", point: "/x"}, {kind: "cgroup2", root: "/", point: "/cg"}}
	assert.Equal(t, []string{"/cg/me", "/cg"}, groupDirs(mounts, "", "/me"))
	assert.Empty(t, groupDirs(mounts, "memory", "/me"))
}

func TestParseMounts(t *testing.T) {
	got := parseMounts("36 35 98:0 /a /mnt\\0402 ro,noatime master:1 shared:2 - ext4 /dev/x\\134y rw,errors=continue\n" +
		"37 35 0:5 / /cg rw - cgroup cgroup rw,cpu,cpuacct\n36 35 98:0 / - ext4\n\nnonsense - a b c\n")
	require.Len(t, got, 2)
	assert.Equal(t, mount{device: "98:0", root: "/a", point: "/mnt 2", kind: "ext4", source: `/dev/x\y`, super: []string{"rw", "errors=continue"}, own: []string{"ro", "noatime"}, locked: true}, got[0])
	assert.True(t, got[1].controls("cpuacct"))
	assert.False(t, got[1].controls("cpuset"))
}

// Whatever the files say, a group leaves something, and never more than there is.
func TestLimitsStayWithinTheHost(t *testing.T) {
	number := rapid.OneOf(rapid.Just("max"), rapid.Just("-1"), rapid.StringMatching(`[0-9]{1,20}`), rapid.String())
	files := []string{"memory.max", "memory.high", "cpu.max", "cpuset.cpus.effective", "memory.limit_in_bytes", "cpu.cfs_quota_us", "cpu.cfs_period_us", "cpuset.cpus"}
	dir := t.TempDir()
	rapid.Check(t, func(rt *rapid.T) {
		root, err := os.MkdirTemp(dir, "")
		require.NoError(t, err)
		defer os.RemoveAll(root)
		group := rapid.SampledFrom([]string{"/", "/a", "/a/b", "/../c", ""}).Draw(rt, "group")
		write := func(name, content string) {
			full := filepath.Join(root, name)
			require.NoError(t, os.MkdirAll(filepath.Dir(full), 0o755))
			require.NoError(t, os.WriteFile(full, []byte(content), 0o644))
		}
		write("proc/self/cgroup", fmt.Sprintf("0::%s\n1:memory,cpu,cpuset:%s\n", group, group))
		at := rapid.SampledFrom([]string{"", "a/", "a/b/"}).Draw(rt, "at")
		for _, name := range files {
			write("cg/"+at+name, number.Draw(rt, name)+rapid.SampledFrom([]string{"", " 100000", " 0"}).Draw(rt, "more"))
		}
		l := readLimits(root, []mount{{kind: "cgroup2", root: "/", point: "/cg"}, {kind: "cgroup", super: []string{"memory", "cpu", "cpuset"}, root: "/", point: "/cg"}})
		h := Host{Machine: sizing.Machine{Cores: 8, Memory: 24 << 30}}
		h.limit(l)
		assert.True(rt, h.Machine.Cores >= 1 && h.Machine.Cores <= 8, "%d cores", h.Machine.Cores)
		assert.True(rt, h.Machine.Memory >= 1 && h.Machine.Memory <= 24<<30, "%d bytes", h.Machine.Memory)
	})
}

func FuzzMounts(f *testing.F) {
	f.Add("36 35 98:0 / /mnt rw master:1 - cgroup2 none rw\n", "0::/../a\n4:cpu,memory:/b\n")
	f.Add("1 2 3 /r /p rw - cgroup c memory", "9:memory:/r/x/y")
	f.Fuzz(func(t *testing.T, mountinfo, cgroup string) {
		if len(mountinfo)+len(cgroup) > 4096 {
			t.Skip("the kernel's paths end there")
		}
		mounts := parseMounts(mountinfo)
		for _, g := range parseGroups(cgroup) {
			for _, controller := range g.controllers {
				for _, dir := range groupDirs(mounts, controller, g.path) {
					under := false
					for _, m := range mounts {
						under = under || dir == m.point || strings.HasPrefix(dir, m.point)
					}
					assert.True(t, under, "%q is below no mount", dir)
				}
			}
		}
	})
}

func FuzzAmounts(f *testing.F) {
	f.Add("0-3,8", "100000", "hierarchical_memory_limit 5")
	f.Add("max", "-1", "\x00")
	f.Fuzz(func(t *testing.T, list, number, stat string) {
		assert.GreaterOrEqual(t, countCPUs(list), int64(0))
		assert.GreaterOrEqual(t, quotaCores(number, list), int64(0))
		assert.GreaterOrEqual(t, quotaCores(list, number), int64(0))
		assert.GreaterOrEqual(t, hierarchicalLimit(stat), int64(0))
	})
}
