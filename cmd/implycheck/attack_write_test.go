//go:build unix

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// What is written is written where the user says, and through no link that lies
// there: neither over what it leads to nor into a new file there.
func TestAttackOnWhatIsWritten(t *testing.T) {
	const report = "gl-code-quality-report.json"
	fixed := strings.Replace(brokerText, "druid.service", "druid.Service", 1)
	for name, c := range map[string]struct {
		line string // in the checkout; ../victim is a file, and ../folder one with druid/broker/runtime.properties
		args []string
		code int
		says string
	}{
		"a report":                 {"ln -s ../victim " + report, []string{"lint", "--exit-zero", "--output", "gitlab=" + report, "conf"}, 2, "is a link, and is not written through"},
		"a report, absolute":       {"ln -s ../victim " + report, []string{"lint", "--exit-zero", "--output", "gitlab=$PWD/" + report, "conf"}, 2, "is a link, and is not written through"},
		"a new report":             {"ln -s ../new " + report, []string{"lint", "--exit-zero", "--output", "json=" + report, "conf"}, 2, "is a link, and is not written through"},
		"a report in a folder":     {"ln -s ../folder out", []string{"lint", "--exit-zero", "--output", "json=out/new", "conf"}, 2, "leads out of its repository or folder"},
		"a report deeper":          {"mkdir a; ln -s ../../folder a/out", []string{"lint", "--exit-zero", "--output", "json=a/out/druid/new", "conf"}, 2, "leads out of its repository or folder"},
		"one of two reports":       {"ln -s ../victim b.json", []string{"lint", "--exit-zero", "--output", "json=a.json", "--output", "json=b.json", "conf"}, 2, "is a link"},
		"a report to a device":     {"true", []string{"lint", "--exit-zero", "--output", "json=/dev/null", "conf"}, 2, "is a device, and is not written through"},
		"a report to a pipe":       {"mkfifo p", []string{"lint", "--exit-zero", "--output", "json=p", "conf"}, 2, "is a pipe, and is not written through"},
		"a report to a folder":     {"mkdir r", []string{"lint", "--exit-zero", "--output", "json=r", "conf"}, 2, "r is a folder: name a file in it"},
		"a baseline":               {"ln -s ../victim implycheck-baseline.jsonl", []string{"baseline", "create", "conf"}, 2, "exists"},
		"a new baseline":           {"ln -s ../new implycheck-baseline.jsonl", []string{"baseline", "create", "conf"}, 2, "exists"},
		"a baseline in a folder":   {"ln -s ../folder out", []string{"baseline", "create", "--baseline", "out/new", "conf"}, 2, "leads out of its repository or folder"},
		"a baseline, by a config":  {"ln -s ../folder out; printf 'version: 1\\nbaseline: out/new\\n' > .implycheck.yaml", []string{"baseline", "create", "conf"}, 2, "leads out of its repository or folder"},
		"a baseline, updated":      {`printf '{"version":1}\n' > ../victim; ln -s ../victim b.jsonl`, []string{"baseline", "update", "--baseline", "b.jsonl", "conf"}, 2, "it is a link"},
		"a config":                 {"ln -s ../new .implycheck.yaml", []string{"config", "init"}, 2, "it is a link"},
		"a config in a folder":     {"ln -s ../folder out", []string{"config", "init", "out"}, 2, "leads out of its repository or folder"},
		"a plan":                   {"ln -s ../folder plan", []string{"size", "--instance", "r4.2xlarge", "--write", "plan"}, 2, "leads out of its repository or folder"},
		"a plan in a folder":       {"mkdir -p plan/conf; ln -s ../../../folder plan/conf/druid", []string{"size", "--instance", "r4.2xlarge", "--write", "plan", "--force"}, 2, "nothing was written"},
		"a plan's file":            {"mkdir -p plan/conf/druid/broker; ln -s ../../../../../victim plan/conf/druid/broker/jvm.config", []string{"size", "--instance", "r4.2xlarge", "--write", "plan", "--force"}, 2, "is a link, and a file is needed there"},
		"a fix of a file":          {"ln -sf $PWD/../folder/druid/broker/runtime.properties " + brokerFile, []string{"lint", "--fix", "--unsafe", "conf"}, -1, "leads out of the tree"},
		"a fix of a folder":        {"rm -r conf/druid/broker; ln -s $PWD/../folder/druid/broker conf/druid/broker", []string{"lint", "--fix", "--unsafe", "conf"}, -1, "leads out of the tree"},
		"a fix of a tree":          {"rm -r conf; ln -s ../folder conf", []string{"lint", "--fix", "--unsafe", "conf"}, 2, "nothing was written"},
		"a fix of a tree, by path": {"rm -r conf; ln -s ../folder conf", []string{"lint", "--fix", "--unsafe", "$PWD/conf"}, 2, "nothing was written"},
		"a fix for a release":      {"rm -r conf; ln -s ../folder conf", []string{"diff", "--target", "druid-27", "--to", "druid-38", "--fix", "conf"}, 2, "nothing was written"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := checkout(t, false)
			above := filepath.Dir(dir)
			lay(t, above, map[string]string{"victim": "precious\n", "folder/druid/broker/runtime.properties": fixed + "druid.processing.merge.pool.parallelism=4\n"})
			shell(t, dir, c.line)
			was := tree(t, above, dir)
			args := append([]string{}, c.args...)
			for i := range args {
				args[i] = strings.ReplaceAll(args[i], "$PWD", dir)
			}
			got := attack(t, dir, args...)
			require.Contains(t, got.text, c.says)
			if c.code >= 0 {
				require.Equal(t, c.code, got.code, got.text)
			}
			require.Equal(t, was, tree(t, above, dir), "something outside was written")
			if c.code == 2 {
				require.NoFileExists(t, filepath.Join(dir, "a.json"), "all reports, or none")
			}
		})
	}
}

// tree is what is below a folder, but for another one.
func tree(t *testing.T, dir, without string) map[string]string {
	t.Helper()
	files := map[string]string{}
	require.NoError(t, filepath.WalkDir(dir, func(name string, d os.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case name == without:
			return filepath.SkipDir
		case d.Type().IsRegular():
			files[name] = textOf(t, name)
		default:
			files[name] = d.Type().String()
		}
		return nil
	}))
	return files
}

// What a run that was killed has left, or somebody has laid where one could write,
// is in nobody's way.
func TestAttackByLeftovers(t *testing.T) {
	dir := checkout(t, false)
	lay(t, dir, map[string]string{brokerFile: "druid.Service=druid/broker\n"})
	for _, pid := range []string{"1", "2"} {
		lay(t, dir, map[string]string{brokerFile + "." + pid + ".tmp": "left over\n", "r.json." + pid + ".tmp": "left over\n"})
	}
	attack(t, dir, "lint", "--fix", "--fail-on", "error", "--output", "json=r.json", "conf").requireCode(t, 0, "applied 1 fix in 1 file")
	require.Equal(t, "druid.service=druid/broker\n", textOf(t, filepath.Join(dir, brokerFile)))
	require.FileExists(t, filepath.Join(dir, "r.json"))
}

// Whenever a run is killed, each file is the old or the new one, and the next run
// leaves nothing lying about.
func TestAttackByKilling(t *testing.T) {
	self, err := exec.LookPath("implycheck")
	require.NoError(t, err)
	dir := checkout(t, false)
	files := map[string]string{}
	for _, service := range []string{"broker", "router", "coordinator", "overlord", "historical", "middleManager"} {
		files["conf/druid/"+service+"/runtime.properties"] = "druid.Service=druid/" + service + "\n" + strings.Repeat("# a comment\n", 1000)
	}
	args := []string{"lint", "--fix", "--exit-zero", "--output", "json=conf/druid/broker/r.json", "conf"}
	for delay := time.Duration(0); delay < 40*time.Millisecond; delay += 2 * time.Millisecond {
		lay(t, dir, files)
		cmd := exec.Command(self, args...)
		cmd.Dir = dir
		require.NoError(t, cmd.Start())
		time.Sleep(delay)
		_ = cmd.Process.Signal(syscall.SIGKILL)
		_ = cmd.Wait()
		for name, was := range files {
			require.Contains(t, []string{was, strings.Replace(was, "druid.Service", "druid.service", 1)}, textOf(t, filepath.Join(dir, name)))
		}
	}
	lay(t, dir, files)
	attack(t, dir, args...).requireCode(t, 0, "applied 6 fixes in 6 files")
	for name := range tree(t, dir, "") {
		require.NotContains(t, name, ".tmp")
		require.NotContains(t, name, ".implycheck-")
	}
}
