package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// controlGroup makes a real group of the kernel's with limits, where it lets us,
// and returns a way to run a command in it. Files are those of version 1 and 2.
func controlGroup(t *testing.T, controller string, version1, version2 map[string]string) func(command ...string) string {
	if runtime.GOOS != "linux" {
		t.Skip("control groups are Linux's")
	}
	if os.Geteuid() != 0 {
		t.Skip("only root may make a control group")
	}
	parent, files := hierarchy(controller), version1
	if parent == "" {
		if parent = hierarchy(""); parent == "" {
			t.Skip("no control groups are mounted here")
		}
		files = version2
		// Only where the parent hands the controller down does a group have it.
		if err := os.WriteFile(filepath.Join(parent, "cgroup.subtree_control"), []byte("+"+controller), 0o644); err != nil {
			t.Skipf("the kernel does not hand %s down in %s: %v", controller, parent, err)
		}
	}
	dir := filepath.Join(parent, fmt.Sprintf("implycheck-test-%s-%d", controller, os.Getpid()))
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Skipf("the kernel lets us make no group: %v", err)
	}
	t.Cleanup(func() {
		assert.Eventually(t, func() bool { err := os.Remove(dir); return err == nil || errors.Is(err, os.ErrNotExist) }, 5*time.Second, 10*time.Millisecond)
	})
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
			t.Skipf("the kernel takes no limit: %v", err)
		}
	}
	return func(command ...string) string {
		join := `echo $$ > "$1/cgroup.procs" && shift && exec "$@"`
		var out, errs bytes.Buffer
		cmd := exec.Command("sh", append([]string{"-c", join, "sh", dir}, command...)...)
		cmd.Stdout, cmd.Stderr = &out, &errs
		require.NoError(t, cmd.Run(), errs.String())
		return out.String() + errs.String()
	}
}

// hierarchy is where a controller of version 1 is mounted, or version 2 without
// one.
func hierarchy(controller string) string {
	mounts, _ := os.ReadFile("/proc/self/mounts")
	for line := range strings.Lines(string(mounts)) {
		fields := strings.Fields(line)
		switch {
		case controller == "" && fields[2] == "cgroup2", fields[2] == "cgroup" && strings.Contains(","+fields[3]+",", ","+controller+","):
			return fields[1]
		}
	}
	return ""
}

// javaSees is what the Java of this machine, if there is one, says in a group.
func javaSees(t *testing.T, in func(...string) string, pattern string) string {
	if _, err := exec.LookPath("java"); err != nil {
		return ""
	}
	found := regexp.MustCompile(pattern).FindStringSubmatch(in("java", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XshowSettings:system", "-version"))
	if found == nil {
		t.Log("this Java does not say what it sees")
		return ""
	}
	return found[1]
}

type seen struct {
	Cores, Memory int64
	Facts         []struct{ Name, From string }
}

func TestHardwareInARealGroup(t *testing.T) {
	const two = "2147483648"
	in := controlGroup(t, "memory", map[string]string{"memory.limit_in_bytes": two}, map[string]string{"memory.max": two})
	var host seen
	require.NoError(t, json.Unmarshal([]byte(in("implycheck", "hardware", "--format", "json")), &host))
	assert.EqualValues(t, 2<<30, host.Memory)
	var from []string
	for _, f := range host.Facts {
		if f.Name == "memory limit" {
			from = append(from, f.From)
		}
	}
	require.Len(t, from, 1)
	assert.Contains(t, from[0], "implycheck-test-memory-")
	assert.Contains(t, in("implycheck", "hardware"), " cores, 2 GiB")
	if java := javaSees(t, in, `Memory Limit: (\S+)`); java != "" {
		assert.Equal(t, "2.00G", java, "what Java sees")
	}
	var plan struct {
		Servers []struct{ Machine struct{ Memory int64 } }
	}
	require.NoError(t, json.Unmarshal([]byte(in("implycheck", "size", "--role", "master", "--format", "json")), &plan))
	require.Len(t, plan.Servers, 1)
	assert.EqualValues(t, 2<<30, plan.Servers[0].Machine.Memory, "what size plans for")
}

func TestCoresInARealGroup(t *testing.T) {
	if runtime.NumCPU() < 2 {
		t.Skip("one core cannot be made fewer")
	}
	in := controlGroup(t, "cpu", map[string]string{"cpu.cfs_quota_us": "90000"}, map[string]string{"cpu.max": "90000 100000"})
	var host seen
	require.NoError(t, json.Unmarshal([]byte(in("implycheck", "hardware", "--format", "json")), &host))
	assert.EqualValues(t, 1, host.Cores)
	if java := javaSees(t, in, `Effective CPU Count: (\d+)`); java != "" {
		assert.Equal(t, "1", java, "what Java sees")
	}
}
