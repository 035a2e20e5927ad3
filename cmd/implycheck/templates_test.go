package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	batch "k8s.io/api/batch/v1"
	"sigs.k8s.io/yaml"
)

// The Job is one of Kubernetes' own type, without a field that it does not know, and
// its arguments are ones that implycheck takes.
func TestPreflightJob(t *testing.T) {
	text, err := os.ReadFile("../../templates/preflight.job.yaml")
	require.NoError(t, err)
	var job batch.Job
	require.NoError(t, yaml.UnmarshalStrict(text, &job))
	require.Equal(t, "batch/v1", job.APIVersion)
	require.Equal(t, "Job", job.Kind)
	pod := job.Spec.Template.Spec
	require.Len(t, pod.Containers, 1)
	mounted := map[string]bool{}
	for _, v := range pod.Volumes {
		mounted[v.Name] = true
	}
	for _, m := range pod.Containers[0].VolumeMounts {
		require.True(t, mounted[m.Name], m.Name)
	}
	args := pod.Containers[0].Args
	dir := twoPrograms(t)
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "var/tmp"), 0o755))
	args = append(append([]string{}, args[1:len(args)-1]...), "--home", ".", "--only", onHost, "--exit-zero", "conf")
	code, out, complaint := preflightOf(t, dir, args...)
	require.Equal(t, 0, code, complaint)
	require.NotContains(t, out, "live-extensions")
	require.Contains(t, out, "live-memory")
}

// The playbook looks at this machine as two hosts would be looked at, and fails with
// what is found.
func TestPreflightPlaybook(t *testing.T) {
	playbook := installed(t, servers, "ansible-playbook")
	dir := twoPrograms(t)
	inventory := "[druid]\ndata1 ansible_connection=local implycheck_role=data\n"
	require.NoError(t, os.WriteFile(filepath.Join(dir, "inventory"), []byte(inventory), 0o644))
	play := func(more ...string) (string, error) {
		source, err := filepath.Abs("../../templates/preflight.ansible.yml")
		require.NoError(t, err)
		args := append([]string{"-i", "inventory", source, "-e", "ansible_python_interpreter={{ ansible_playbook_python }}", "-e", "implycheck_bin=" + dir, "-e", "implycheck_conf=" + dir + "/conf",
			"-e", "implycheck_tree=" + dir + "/conf", "-e", "implycheck_out=" + dir + "/seen", "-e", "implycheck_home=" + dir}, more...)
		cmd := exec.Command(playbook, args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "HOME="+dir, "ANSIBLE_LOCALHOST_WARNING=false", "ANSIBLE_NOCOLOR=1", "AWS_EC2_METADATA_DISABLED=true", "LC_ALL=C.UTF-8")
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	only := `{"implycheck_args":["--only","live-memory,live-extensions"]}`
	out, err := play("-e", only)
	require.Error(t, err, out)
	require.Contains(t, out, "druid-datasketches is not in ")
	require.FileExists(t, filepath.Join(dir, "seen/data1.json"))

	require.NoError(t, os.RemoveAll(filepath.Join(dir, "seen")))
	only = strings.Replace(only, ",live-extensions", "", 1)
	out, err = play("-e", only)
	require.NoError(t, err, out)
	require.Contains(t, out, "live-memory")
}
