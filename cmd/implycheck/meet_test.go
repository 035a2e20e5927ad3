package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"

	"github.com/implycheck/implycheck/internal/report"
)

// The files by which others run implycheck, from the project's root.
const (
	action     = "action.yml"
	hooks      = ".pre-commit-hooks.yaml"
	gitlab     = "templates/implycheck.gitlab-ci.yml"
	dockerfile = "Dockerfile"
	releases   = ".goreleaser.yaml"
)

func projectFile(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("../..", name))
	require.NoError(t, err)
	return string(text)
}

func parseYAML[T any](t *testing.T, name string) (v T) {
	t.Helper()
	require.NoError(t, yaml.Unmarshal([]byte(projectFile(t, name)), &v), name)
	return v
}

// hook is one entry of .pre-commit-hooks.yaml.
type hook struct {
	ID            string   `yaml:"id"`
	Name          string   `yaml:"name"`
	Language      string   `yaml:"language"`
	Entry         string   `yaml:"entry"`
	Args          []string `yaml:"args"`
	Files         string   `yaml:"files"`
	PassFilenames *bool    `yaml:"pass_filenames"`
}

// commandLine finds a call of lint, up to the end of the line or of a string.
var commandLine = regexp.MustCompile(`(?m)implycheck"? (lint\b[^&\n']*)`)

// commandLines are all the calls in a file, with continued lines joined.
func commandLines(text string) [][]string {
	var list [][]string
	for _, m := range commandLine.FindAllStringSubmatch(strings.ReplaceAll(text, "\\\n", " "), -1) {
		list = append(list, strings.Fields(m[1]))
	}
	return list
}

// Every flag and format that these files use is one that implycheck has.
func TestFilesUseRealFlags(t *testing.T) {
	lint := newLint()
	for _, file := range []string{action, hooks, gitlab, dockerfile} {
		calls := commandLines(projectFile(t, file))
		require.NotEmpty(t, calls, file)
		for _, words := range calls {
			for i, word := range words {
				name, isFlag := strings.CutPrefix(word, "--")
				if !isFlag || name == "" { // -- ends the flags
					continue
				}
				require.NotNil(t, lint.Flags().Lookup(name), "%s: --%s", file, name)
				if name == "output" {
					format, _, _ := strings.Cut(words[i+1], "=")
					require.Contains(t, report.Names(), format, file)
				}
			}
		}
	}
}

func TestCommandLines(t *testing.T) {
	require.Equal(t, [][]string{{"lint", "--a", "b", "--c", "d"}, {"lint", "."}},
		commandLines("\"$DIR/implycheck\" lint --a b \\\n  --c d\nargs: 'implycheck lint .'\n"))
}

func TestAction(t *testing.T) {
	type step struct {
		Uses, Shell, Run string
		Env              map[string]string
	}
	a := parseYAML[struct {
		Name, Description string
		Inputs            map[string]struct{ Description, Default string }
		Runs              struct {
			Using string
			Steps []step
		}
	}](t, action)
	require.NotEmpty(t, a.Name)
	require.NotEmpty(t, a.Description)
	require.Equal(t, "composite", a.Runs.Using)
	used := projectFile(t, action)
	for name, input := range a.Inputs {
		require.NotEmpty(t, input.Description, name)
		require.Contains(t, used, "inputs."+name, "an input that nothing reads")
	}
	for _, s := range a.Runs.Steps {
		require.True(t, (s.Uses == "") != (s.Run == ""), "a step runs or uses")
		if s.Run != "" {
			require.Equal(t, "bash", s.Shell, "GitHub refuses a composite step without a shell")
			require.NotContains(t, s.Run, "${{", "an input in a script is a command")
		}
	}
}

func TestHooks(t *testing.T) {
	list := parseYAML[[]hook](t, hooks)
	require.Len(t, list, 1)
	h := list[0]
	require.Equal(t, "implycheck", h.ID)
	require.Equal(t, "golang", h.Language)
	require.NotNil(t, h.PassFilenames)
	require.False(t, *h.PassFilenames)
	files := regexp.MustCompile(h.Files)
	for _, name := range []string{
		"conf/druid/_common/common.runtime.properties", "broker/runtime.properties", "runtime.properties", "flat/coordinator-overlord.runtime.properties",
		"conf/druid/broker/jvm.config", "conf/druid/broker/main.config", "conf/zk/zoo.cfg", "conf/supervise/data.conf",
		"conf/pivot/config.yaml", "conf/tranquility/server.json", "conf/druid/_common/hadoop-xml/hdfs-site.xml", "conf/druid/_common/log4j2.xml",
		"compose.yaml", "docker-compose.override.yml", "environment", "druid/environment", ".env", "druid.env", "env.prod", "druid-env", "broker_env", "environment.prod", "values-prod.yaml",
		"k8s/broker.yaml", "base/kustomization.yaml", "blueprint.json", "druid-blueprint-1.json", "DRUID/configuration/druid-common.xml",
		"roles/druid/templates/broker/runtime.properties.j2", "templates/broker.runtime.properties.erb", "templates/router-runtime.properties.j2",
		"templates/broker/jvm_config.j2", "templates/historical.jvm.config.tmpl", "roles/druid/defaults/main.yml", "group_vars/all", "inventory/host_vars/b1/vars",
	} {
		require.True(t, files.MatchString(name), name)
	}
	for _, name := range []string{"README.md", "data/server.json", "web-site.xml", "myjvm.config", "runtime.properties.md", "src/env.go.md2/x", "pom.xml", "environments/x.txt"} {
		require.False(t, files.MatchString(name), name)
	}
}

func TestGitLabTemplate(t *testing.T) {
	jobs := parseYAML[map[string]struct {
		Image     string
		Script    []string
		Artifacts struct {
			When    string
			Reports map[string]string
		}
	}](t, gitlab)
	job := jobs["implycheck"]
	require.NotEmpty(t, job.Image)
	require.Equal(t, "always", job.Artifacts.When, "findings make the job fail, and must be kept then")
	require.Contains(t, strings.Join(job.Script, "\n"), "="+job.Artifacts.Reports["codequality"], "what is kept is what is written")
}

func TestReleases(t *testing.T) {
	r := parseYAML[struct {
		Builds []struct {
			Main         string
			Goos, Goarch []string
		}
		Nfpms          []struct{ Formats []string }
		Homebrew_casks []struct{ Binaries, Manpages []string }
		Sboms, Signs   []any
		Checksum       struct{ Name_template string }
	}](t, releases)
	require.Len(t, r.Builds, 2)
	for _, b := range r.Builds {
		require.FileExists(t, filepath.Join("../..", b.Main, "main.go"))
	}
	require.Equal(t, []string{"linux"}, r.Builds[1].Goos, "preflight looks at machines with Linux")
	require.NotEmpty(t, r.Sboms)
	require.NotEmpty(t, r.Signs)
	require.Equal(t, "SHA256SUMS", r.Checksum.Name_template, "install.sh asks for it")
	require.Equal(t, []string{"implycheck"}, r.Homebrew_casks[0].Binaries)
	require.Equal(t, []string{"man/*.1"}, r.Homebrew_casks[0].Manpages)
	require.Equal(t, []string{"deb", "rpm"}, r.Nfpms[0].Formats)
	var platforms []string
	for _, os := range r.Builds[0].Goos {
		for _, arch := range r.Builds[0].Goarch {
			platforms = append(platforms, os+"/"+arch)
		}
	}
	require.Contains(t, projectFile(t, "Makefile"), "PLATFORMS := "+strings.Join(platforms, " ")+"\n", "make snapshot builds what a release builds")
}

func TestDockerfile(t *testing.T) {
	text := projectFile(t, dockerfile)
	require.Regexp(t, `(?m)^FROM scratch$`, text)
	require.Regexp(t, `(?m)^USER [1-9]\d*:[1-9]\d*$`, text, "not root, and by number: scratch knows no names")
	require.Contains(t, text, "./cmd/implycheck")
}
