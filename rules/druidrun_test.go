//go:build druid

package rules

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestRecordDruid starts a real Druid for each row of druidRows and writes what
// it did; with IMPLYCHECK_DRUID_NEW set only for rows that have no outcome yet. IMPLYCHECK_DRUID is the
// folder with RELEASE/lib and RELEASE/extensions, which tools/druid.sh fills.
// Every start has a network of its own, with nothing but loopback and a ZooKeeper.
func TestRecordDruid(t *testing.T) {
	home := os.Getenv("IMPLYCHECK_DRUID")
	require.NotEmpty(t, home, "IMPLYCHECK_DRUID")
	rows := readDruidRows(t)
	data, err := os.ReadFile(druidRows)
	require.NoError(t, err)
	head := data[:bytes.Index(data, []byte("\n"))+1]

	var mutex sync.Mutex // of rows
	save := func() {
		out := bytes.NewBuffer(bytes.Clone(head))
		for _, row := range rows {
			fmt.Fprintln(out, row)
		}
		require.NoError(t, os.WriteFile(druidRows, out.Bytes(), 0o644))
	}
	next := make(chan int)
	var workers sync.WaitGroup
	for range 3 {
		workers.Go(func() {
			for i := range next {
				outcome, line := rows[i].start(t, home)
				mutex.Lock()
				rows[i].outcome, rows[i].line = outcome, line
				t.Log(rows[i])
				save()
				mutex.Unlock()
			}
		})
	}
	for i, row := range rows {
		if row.outcome == "" || os.Getenv("IMPLYCHECK_DRUID_NEW") == "" {
			next <- i
		}
	}
	close(next)
	workers.Wait()
}

// patience is how long a process may take to start or to refuse.
const patience = 3 * time.Minute

const startedLine = "Successfully started lifecycle [module]"

// opens are what bin/run-java adds for Java 17.
var opens = strings.Fields(`--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED --add-exports=java.base/jdk.internal.ref=ALL-UNNAMED
	--add-opens=java.base/java.nio=ALL-UNNAMED --add-opens=java.base/sun.nio.ch=ALL-UNNAMED
	--add-opens=java.base/jdk.internal.ref=ALL-UNNAMED --add-opens=java.base/java.io=ALL-UNNAMED
	--add-opens=java.base/java.lang=ALL-UNNAMED --add-opens=jdk.management/com.sun.management.internal=ALL-UNNAMED`)

// start starts the row's process and answers what came of it.
func (r druidRow) start(t *testing.T, home string) (outcome, line string) {
	root := t.TempDir()
	r.writeTo(t, root)
	druid := filepath.Join(root, "conf", "druid")
	require.NoError(t, os.MkdirAll(filepath.Join(root, "var", "tmp"), 0o755))
	require.NoError(t, os.Symlink(filepath.Join(home, r.release, "extensions"), filepath.Join(root, "extensions")))

	jars, err := filepath.Glob(filepath.Join(home, r.release, "lib", "*.jar"))
	require.NoError(t, err)
	require.NotEmpty(t, jars)
	lib := strings.Join(jars, ":")
	flags, err := exec.Command("sh", "-c", `xargs -n1 printf '%s\n' < "$0"`, filepath.Join(druid, r.service, "jvm.config")).Output()
	require.NoError(t, err)
	// The shell of bin/run-druid splits at blanks again.
	java := append(strings.Fields(string(flags)), "-XX:TieredStopAtLevel=1")
	if !regexp.MustCompile(`Use\w*GC`).Match(flags) {
		java = append(java, "-XX:+UseSerialGC")
	}
	if archive := filepath.Join(home, r.release, r.service+".jsa"); exists(archive) {
		java = append(java, "-XX:SharedArchiveFile="+archive, "-Xlog:cds=off", "-Xlog:cds+dynamic=off")
	}
	java = append(java, opens...)
	java = append(java, "-cp", lib+":"+filepath.Join(druid, "_common")+":"+filepath.Join(druid, r.service), "org.apache.druid.cli.Main", "server", r.service)

	const script = `ip link set lo up
		java -Xmx64m -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Dzookeeper.admin.enableServer=false -cp "$0" org.apache.zookeeper.server.ZooKeeperServerMain 2181 zookeeper >zookeeper.log 2>&1 &
		java "$@"`
	cmd := exec.Command("unshare", append([]string{"-n", "--pid", "--fork", "--kill-child", "nice", "sh", "-c", script, lib}, java...)...)
	cmd.Dir = root
	log, err := os.Create(filepath.Join(root, "log"))
	require.NoError(t, err)
	defer log.Close()
	cmd.Stdout, cmd.Stderr = log, log
	require.NoError(t, cmd.Start())
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	defer cmd.Process.Kill()

	for late := time.After(patience); ; {
		select {
		case <-ended:
			return "refused", cause(read(t, log.Name()))
		case <-late:
			text := read(t, log.Name())
			return "hung", cause(text)
		case <-time.After(200 * time.Millisecond):
			if strings.Contains(read(t, log.Name()), startedLine) {
				return "started", ""
			}
		}
	}
}

func exists(file string) bool { _, err := os.Stat(file); return err == nil }

func read(t *testing.T, file string) string {
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	return string(data)
}

// cause is what a process printed about why it ended: Guice's first error or what
// Java says, and the exception at the bottom.
func cause(log string) string {
	var lines []string
	for _, pattern := range []string{`(?m)^1\) .*`, `(?m)^(Error|Unrecognized|Conflicting|Invalid|Improperly|Exception in thread).*`} {
		if m := regexp.MustCompile(pattern).FindString(log); m != "" {
			lines = append(lines, clean(m))
			break
		}
	}
	if all := regexp.MustCompile(`(?m)^Caused by: .*`).FindAllString(log, -1); len(all) > 0 {
		lines = append(lines, clean(all[len(all)-1]))
	}
	if len(lines) == 0 {
		all := strings.Split(strings.TrimSpace(log), "\n")
		lines = append(lines, clean(all[len(all)-1]))
	}
	return strings.Join(lines, " || ")
}

// clean makes one short part of a cell of a line.
func clean(line string) string {
	line = regexp.MustCompile(`/tmp/\S*/(conf|var|extensions)`).ReplaceAllString(line, "$1")
	if line = strings.ReplaceAll(line, "\t", " "); len(line) > 200 {
		line = line[:200]
	}
	return strings.TrimSpace(strings.ToValidUTF8(line, ""))
}
