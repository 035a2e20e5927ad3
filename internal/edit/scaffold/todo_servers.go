package scaffold

import (
	"fmt"
	"slices"
	"strings"

	"github.com/implycheck/implycheck/internal/text"
	"github.com/implycheck/implycheck/schema"
	"github.com/implycheck/implycheck/sizing"
)

// The steps of servers that run Druid's distribution.

func (t *todo) user() {
	t.add("Make the user that runs Druid, on every server.", "sudo useradd --system --no-create-home druid")
}

// servers are the disks and folders of each kind of server, and how its processes start.
func (t *todo) servers() {
	for _, server := range t.plan.Servers {
		for _, step := range server.Setup() {
			t.add(t.on(server)+step.Text, step.Commands...)
		}
		if command := t.superviseCommand(server); command != "" {
			t.add("Start the processes with their logs on the data disk, not on the root disk.", command)
		}
	}
}

// on says on which servers a step is done, where there are several kinds.
func (t *todo) on(s sizing.Server) string {
	if len(t.plan.Servers) < 2 {
		return ""
	}
	if s.Machine.Limited {
		return "For each " + s.Role + " container: "
	}
	return "On each " + s.Role + " server: "
}

// superviseCommand starts a server whose data is on disks of their own.
func (w *writer) superviseCommand(s sizing.Server) string {
	root := s.DataRoot()
	if root == "" || w.layout.supervise == "" || s.Machine.Limited {
		return ""
	}
	return fmt.Sprintf("bin/supervise -c conf/%s/%s.conf -d %s", w.layout.supervise, s.Role, shell(root+"/sv"))
}

func (t *todo) ensemble() {
	servers := t.site.ensemble.servers
	if !has(t.plan, "zookeeper") || len(servers) < 2 {
		return
	}
	var commands []string
	for i, server := range servers {
		host, _, _ := text.SplitHostPort(server)
		commands = append(commands, fmt.Sprintf("mkdir -p var/zk && echo %d > var/zk/myid     # on %s", i+1, host))
	}
	t.add("Tell each ZooKeeper server its number, in the folder of the distribution.", commands...)
}

func (t *todo) exportPassword() {
	if t.site.derby() {
		return
	}
	t.add(fmt.Sprintf("Set the variable %s in the environment of every Druid process: the files take the password from there, and none has it.", MetadataVariable),
		fmt.Sprintf("IFS= read -rs %s && export %[1]s     # where supervise is started; better from your store of secrets", MetadataVariable))
}

func (t *todo) driver() {
	if t.site.database.kind == "mysql" {
		t.add("Put MySQL's JDBC driver into the folder of the extension mysql-metadata-storage, on every server.")
	}
}

func (t *todo) pivotDatabase() {
	if has(t.plan, "pivot") && !t.site.derby() {
		t.add("Give Pivot's database a user and a password of its own, in conf/pivot/config.yaml.")
	}
}

func (t *todo) storageOfServers() {
	switch t.site.store {
	case "s3":
		t.add("Let every Druid server reach the bucket with a role of its instance, which needs no key; or give the processes one in their environment.",
			"export AWS_REGION", "export AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY     # only without a role")
	case "gs":
		t.add("Let every Druid server reach the bucket with the service account of its instance, or with a key.",
			"export GOOGLE_APPLICATION_CREDENTIALS=/etc/druid/key.json     # only without a service account")
	case "azure":
		if t.plan.Target.Release >= azureKeyInEnvironment {
			t.add("Give every Druid process the key of the storage account in its environment.", "export "+azureVariable)
		}
	case "hdfs":
		t.add("Put core-site.xml and hdfs-site.xml of the Hadoop cluster into conf's _common folder, on every server.")
	}
}

func (t *todo) extensions() {
	for _, name := range t.site.extensions {
		if e, ok := schema.LookupExtension(name); ok && e.Contrib != nil && e.Contrib.Has(t.plan.Target.Release) && !t.plan.Target.Imply {
			t.add(fmt.Sprintf("Fetch the extension %s on every server: Druid's download does not have it.", name),
				fmt.Sprintf(`java -classpath "lib/*" org.apache.druid.cli.Main tools pull-deps --no-default-hadoop -c "org.apache.druid.extensions.contrib:%s:VERSION"`, name))
		}
	}
}

// roleFlag says to preflight what runs on a server: a role, or the processes of a server
// of one's own cut; nothing where everything does, or where nobody knows what is together.
func roleFlag(s sizing.Server) string {
	var processes []string
	for _, p := range s.Processes {
		if _, known := serverOf.Get()[p.Service]; known { // ZooKeeper and Pivot are none of Druid's
			processes = append(processes, program(p.Service))
		}
	}
	switch {
	case s.Machine.Limited || s.Role == sizing.AllInOne || len(processes) == 0:
		return ""
	case slices.Contains(sizing.Roles(), s.Role):
		return " --role " + s.Role
	}
	return " --role " + strings.Join(processes, ",")
}

// preflight asks on each kind of server whether it will start there, in the folder of
// the distribution. Containers of a plan that has no servers have a Job for that
// (templates/preflight.job.yaml).
func (t *todo) preflight() {
	var commands []string
	for _, s := range t.plan.Servers {
		if !s.Machine.Limited {
			commands = append(commands, "implycheck preflight"+roleFlag(s)+" --user druid --home . conf")
		}
	}
	if len(commands) > 0 {
		t.add("Ask on each server, before the first start, whether it will start there.", commands...)
	}
}
