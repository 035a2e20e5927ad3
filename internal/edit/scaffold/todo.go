package scaffold

import (
	"fmt"
	"net"
	"slices"
	"strings"

	"github.com/implycheck/implycheck/schema"
	"github.com/implycheck/implycheck/sizing"
)

// Todo is what is left to do before the servers can be started, in its order: what
// only the site knows, the disks and folders of each kind of server, then users and
// secrets.
func (s Site) Todo(plan sizing.Plan) []sizing.Step {
	w := writer{plan: plan, site: s.of(plan), layout: layoutOf(plan)}
	var steps []sizing.Step
	add := func(text string, commands ...string) {
		steps = append(steps, sizing.Step{Text: text, Commands: commands})
	}
	if list := Placeholders(Files(plan, s)); len(list) > 0 {
		add("Fill in what only you know; lint reports each as props-template-placeholder.", list...)
	}
	add("Make the user that runs Druid, on every server.", "sudo useradd --system --no-create-home druid")
	for _, server := range plan.Servers {
		for _, step := range server.Setup() {
			if len(plan.Servers) > 1 {
				step.Text = "On each " + roleName(server) + ": " + step.Text
			}
			steps = append(steps, step)
		}
		if command := w.superviseCommand(server); command != "" {
			add("Start the processes with their logs on the data disk, not on the root disk.", command)
		}
	}
	w.ensembleTodo(add)
	w.databaseTodo(add)
	w.storageTodo(add)
	w.extensionTodo(add)
	add("Decide who may log in: nothing here asks for a password. Until then let only the cluster and its users reach the ports.",
		"implycheck explain sec-no-auth")
	return steps
}

// Preflight asks on each kind of server whether it will start there, in the folder of
// the distribution; false for containers, which have a Job (templates/preflight.job.yaml).
func Preflight(plan sizing.Plan) (step sizing.Step, ok bool) {
	step.Text = "Ask on each server, before the first start, whether it will start there."
	for _, s := range plan.Servers {
		role := " --role " + s.Role
		switch {
		case s.Machine.Limited:
			continue
		case s.Role == sizing.AllInOne:
			role = ""
		}
		step.Commands = append(step.Commands, "implycheck preflight"+role+" --user druid --home . conf")
	}
	return step, len(step.Commands) > 0
}

// roleName is a kind of server in a sentence.
func roleName(s sizing.Server) string {
	if s.Machine.Limited {
		return s.Role + " container"
	}
	return s.Role + " server"
}

// superviseCommand starts a server whose data is on disks of their own.
func (w *writer) superviseCommand(s sizing.Server) string {
	root := s.DataRoot()
	if root == "" || w.layout.supervise == "" || s.Machine.Limited {
		return ""
	}
	return fmt.Sprintf("bin/supervise -c conf/%s/%s.conf -d %s/sv", w.layout.supervise, s.Role, root)
}

// marks are what stands for an address that nobody gave.
var marks = []string{"example.com", "your-"}

// Placeholders are the settings that are yet to be filled in, as FILE: KEY=VALUE.
func Placeholders(files []File) (list []string) {
	for _, f := range files {
		for line := range strings.Lines(f.Text) {
			line = strings.TrimSpace(line)
			if strings.HasPrefix(line, "#") || !slices.ContainsFunc(marks, func(mark string) bool { return strings.Contains(line, mark) }) {
				continue
			}
			list = append(list, f.Path+": "+line)
		}
	}
	return list
}

func (w *writer) ensembleTodo(add func(string, ...string)) {
	servers := w.site.ensemble.servers
	if !has(w.plan, "zookeeper") || len(servers) < 2 {
		return
	}
	var commands []string
	for i, server := range servers {
		host, _, _ := net.SplitHostPort(server)
		commands = append(commands, fmt.Sprintf("mkdir -p var/zk && echo %d > var/zk/myid     # on %s", i+1, host))
	}
	add("Tell each ZooKeeper server its number, in the folder of the distribution.", commands...)
}

func (w *writer) databaseTodo(add func(string, ...string)) {
	d := w.site.database
	if d.kind == "derby" {
		return
	}
	user := d.userOr("druid")
	commands := []string{
		fmt.Sprintf("CREATE USER %s WITH PASSWORD '...';", user),
		fmt.Sprintf("CREATE DATABASE %s OWNER %s ENCODING 'UTF8';", d.name, user),
	}
	if d.kind == "mysql" {
		commands = []string{
			fmt.Sprintf("CREATE DATABASE %s DEFAULT CHARACTER SET utf8mb4;", d.name),
			fmt.Sprintf("CREATE USER '%s'@'%%' IDENTIFIED BY '...';", user),
			fmt.Sprintf("GRANT ALL PRIVILEGES ON %s.* TO '%s'@'%%';", d.name, user),
		}
	}
	add("Make the database of the metadata store and its user on "+d.hosts+".", commands...)
	add(fmt.Sprintf("Set the variable %s in the environment of every Druid process: the files take the password from there, and none has it.", MetadataVariable),
		fmt.Sprintf("read -rs %s && export %s     # where supervise is started; better from your store of secrets", MetadataVariable, MetadataVariable))
	if d.kind == "mysql" {
		add("Put MySQL's JDBC driver into the folder of the extension mysql-metadata-storage, on every server.")
	}
	if has(w.plan, "pivot") {
		add("Give Pivot's database a user and a password of its own, in conf/pivot/config.yaml.")
	}
}

func (w *writer) storageTodo(add func(string, ...string)) {
	switch w.site.store {
	case "s3":
		add("Let every Druid server reach the bucket with a role of its instance, which needs no key; or give the processes one in their environment.",
			"export AWS_REGION", "export AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY     # only without a role")
	case "gs":
		add("Let every Druid server reach the bucket with the service account of its instance, or with a key.",
			"export GOOGLE_APPLICATION_CREDENTIALS=/etc/druid/key.json     # only without a service account")
	case "azure":
		if w.plan.Target.Release >= 25 {
			add("Give every Druid process the key of the storage account in its environment.", "export AZURE_STORAGE_KEY")
		}
	case "hdfs":
		add("Put core-site.xml and hdfs-site.xml of the Hadoop cluster into conf's _common folder, on every server.")
	}
}

func (w *writer) extensionTodo(add func(string, ...string)) {
	for _, name := range w.site.extensions {
		if e, ok := schema.LookupExtension(name); ok && e.Contrib != nil && e.Contrib.Has(w.plan.Target.Release) && !w.plan.Target.Imply {
			add(fmt.Sprintf("Fetch the extension %s on every server: Druid's download does not have it.", name),
				fmt.Sprintf(`java -classpath "lib/*" org.apache.druid.cli.Main tools pull-deps --no-default-hadoop -c "org.apache.druid.extensions.contrib:%s:VERSION"`, name))
		}
	}
}
