//go:build unix

package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// A pull request adds plain files only, which make its conf folder a repository
// with a filter, and with an idea of its own of what main is.
func TestAttackByAnEmbeddedRepository(t *testing.T) {
	dir := checkout(t, true)
	shell(t, dir, `git update-ref refs/remotes/origin/main HEAD
		printf '`+mistake[:len(mistake)-1]+`\n' >> `+brokerFile+`
		git init -q --bare ../bare
		(cd conf; export GIT_DIR=$PWD/../../bare GIT_WORK_TREE=$PWD; git -c core.bare=false add -A; git -c core.bare=false commit -qm evil
			mkdir -p $GIT_DIR/refs/remotes/origin; git rev-parse HEAD > $GIT_DIR/refs/remotes/origin/main
			cp -r ../../bare/HEAD ../../bare/objects ../../bare/refs ../../bare/index .; rm -rf objects/info objects/pack
			printf '[core]\n\trepositoryformatversion = 0\n\tbare = false\n\tworktree = .\n[filter "x"]\n\tclean = "touch '$PWD'/PWNED; cat"\n' > config
			echo '* filter=x' > .gitattributes)
		git add -A; git commit -qm PR`)
	attack(t, dir, "lint", "--new-from", "origin/main", "conf").requireCode(t, 1, "druid.processing.numThreads")
	attack(t, dir, "diff", "--exit-code", "conf@origin/main").requireCode(t, 1, "druid.processing.numThreads")
	attack(t, filepath.Join(dir, "conf"), "diff", "--exit-code", ".@origin/main").requireCode(t, 1, "druid.processing.numThreads")
	require.NoFileExists(t, filepath.Join(dir, "conf/PWNED"))
}

// The repository's own configuration is hostile, as in an unpacked archive.
func TestAttackByGitConfiguration(t *testing.T) {
	for name, line := range map[string]string{
		"clean":     `git config filter.x.clean "touch $PWD/PWNED; cat"; echo '* filter=x' > .gitattributes`,
		"process":   `git config filter.x.process "touch $PWD/PWNED; false"; echo '* filter=x' > .gitattributes`,
		"fsmonitor": `git config core.fsmonitor "touch $PWD/PWNED; false"`,
		"external":  `git config diff.external "touch $PWD/PWNED; false"`,
		"lazy": `b=$(git rev-parse HEAD:` + brokerFile + `); git config core.repositoryformatversion 1; git config extensions.partialClone origin; git config remote.origin.promisor true
			git config remote.origin.url ssh://h/x; git config core.sshCommand "touch $PWD/PWNED; false"; rm -f .git/objects/$(echo $b | cut -c1-2)/$(echo $b | cut -c3-)`,
	} {
		t.Run(name, func(t *testing.T) {
			dir := checkout(t, true)
			shell(t, dir, line+"; echo '#' >> "+brokerFile)
			attack(t, dir, "lint", "--new-from", "HEAD", "conf")
			attack(t, dir, "diff", "conf@HEAD")
			require.NoFileExists(t, filepath.Join(dir, "PWNED"))
		})
	}
}

// What becomes a link, a pipe or a device changes what a process gets, and is
// neither read nor called the same.
func TestAttackByLinks(t *testing.T) {
	for name, line := range map[string]string{
		"a file out":       "ln -sf $PWD/../outside/runtime.properties " + brokerFile,
		"a file of root":   "ln -sf /etc/hostname " + brokerFile,
		"a folder out":     "rm -r conf/druid/broker; ln -s $PWD/../outside conf/druid/broker",
		"a device":         "ln -sf /dev/zero " + brokerFile,
		"standard input":   "ln -sf /dev/stdin " + brokerFile,
		"a pipe elsewhere": "mkfifo ../pipe; ln -sf $PWD/../pipe " + brokerFile,
		"a pipe":           "rm " + brokerFile + "; mkfifo " + brokerFile,
		"no file":          "ln -sf nowhere " + brokerFile,
		"itself":           "ln -sf runtime.properties " + brokerFile,
		"above":            "rm -r conf/druid/broker; ln -s .. conf/druid/broker",
	} {
		t.Run(name, func(t *testing.T) {
			dir := checkout(t, true)
			lay(t, filepath.Dir(dir), map[string]string{"outside/runtime.properties": brokerText + mistake})
			shell(t, dir, line)
			changed := func(revision string) {
				got := attack(t, dir, "lint", "--fail-on", "info", "--new-from", revision, "conf")
				got.requireCode(t, 1, "[file-unreadable]")
				require.NotContains(t, got.text, "No problems")
				got = attack(t, dir, "diff", "--exit-code", "conf@"+revision)
				require.Equal(t, 1, got.code, got.text)
				require.NotContains(t, got.text, "abc", "nothing outside of the tree is read")
			}
			changed("HEAD")
			if name != "a pipe" { // git keeps none
				shell(t, dir, "git add -A; git commit -qm pr")
				changed("HEAD~1")
			}
			attack(t, dir, "lint", "conf")
			attack(t, dir, "show", "conf")
		})
	}
}

// The conf folder itself leads out of the repository.
func TestAttackByALinkedTree(t *testing.T) {
	dir := checkout(t, true)
	shell(t, dir, "mv conf ../outside; ln -s ../outside conf; git add -A; git commit -qm pr")
	lay(t, filepath.Dir(dir), map[string]string{"outside/druid/broker/runtime.properties": "druid.Service=S3CR3T\n"})
	for _, args := range [][]string{
		{"lint", "conf"}, {"lint", "--fix", "--unsafe", "conf"}, {"lint", "--new-from", "HEAD~1", "conf"}, {"diff", "conf@HEAD~1"}, {"show", "conf"},
		{"lint", brokerFile}, {"lint", dir + "/conf"}, {"lint", "--fix", dir + "/" + brokerFile}, {"export", "conf"}, {"ports", "conf"},
	} {
		got := attack(t, dir, args...)
		got.requireCode(t, 2, "a link leads out of the repository, to "+filepath.Dir(dir)+"/outside")
		require.NotContains(t, got.text, "S3CR3T")
	}
	require.Equal(t, "druid.Service=S3CR3T\n", textOf(t, filepath.Join(filepath.Dir(dir), "outside/druid/broker/runtime.properties")))
	attack(t, dir, "lint", "../outside").requireCode(t, 0, "druid.Service")
}

// A revision can hold what no folder should.
func TestAttackByALargeFile(t *testing.T) {
	dir := checkout(t, true)
	shell(t, dir, `yes '' | head -c 200000000 > `+brokerFile+`; git -c core.compression=1 add -A; git commit -qm large`)
	attack(t, dir, "lint", "--new-from", "HEAD~1", "conf").requireCode(t, 1, "larger than 4 MiB")
	require.NoError(t, os.WriteFile(filepath.Join(dir, brokerFile), []byte(brokerText), 0o644))
	for _, args := range [][]string{{"lint", "--new-from", "HEAD", "conf"}, {"diff", "conf@HEAD"}} {
		attack(t, dir, args...).requireCode(t, 2, "druid/broker/runtime.properties is larger than 4 MiB, which no configuration file is")
	}
}
