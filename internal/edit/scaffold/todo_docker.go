package scaffold

import (
	"fmt"
	"path"
	"slices"

	"github.com/implycheck/implycheck/internal/text"
)

// The steps of containers that Docker starts, by docker run or by Compose.
var (
	dockerSteps = []step{
		(*todo).fill, (*todo).disks, (*todo).folders, (*todo).sharedFolder, (*todo).database, (*todo).secretsFile, (*todo).keysOfContainers,
		(*todo).driverImage, (*todo).hadoopFiles, (*todo).access, (*todo).check, (*todo).send, (*todo).reach, (*todo).run,
	}
	composeSteps = []step{
		(*todo).fill, (*todo).disks, (*todo).folders, (*todo).sharedFolder, (*todo).database, (*todo).dotenv, (*todo).keysOfContainers,
		(*todo).driverImage, (*todo).hadoopFiles, (*todo).access, (*todo).check, (*todo).reach, (*todo).up,
	}
)

func shell(words ...string) string { return text.Shell(words...) }

// disks are mounted where the containers have folders on them.
func (t *todo) disks() {
	for _, server := range t.plan.Servers {
		if server.Machine.Limited {
			continue
		}
		for _, m := range server.Mounts() {
			step := m.Step()
			t.add(t.on(server)+step.Text, step.Commands...)
		}
	}
}

// folders are those of the host that containers write to.
func (t *todo) folders() {
	for _, server := range t.plan.Servers {
		var list []string
		for _, c := range t.list {
			for _, v := range c.volumes {
				if v.host != "" && c.server.Role == server.Role {
					list = append(list, v.host)
				}
			}
		}
		if len(list) > 0 {
			t.add(fmt.Sprintf("%sMake the folders that the containers keep their data in, for the user of the image, %d.", t.on(server), imageUser), installed(list...))
		}
	}
}

func installed(folders ...string) string {
	return fmt.Sprintf("sudo install -d -o %d -g %[1]d %s", imageUser, shell(folders...))
}

func (t *todo) sharedFolder() {
	folder := t.site.sharedFolder()
	if folder == "" {
		return
	}
	what := "Make the folder of deep storage, for the user of the image."
	if !t.onOne() {
		what = "Mount one file system, such as NFS, as the folder of deep storage on every machine, and let the user of the image write there."
	}
	t.add(what, installed(folder))
}

// secretsFile has the secrets for docker run.
func (t *todo) secretsFile() {
	names := required(t.secrets)
	switch {
	case len(names) > 0:
		t.add("Write what the processes take from their environment into a file that only you can read.", fmt.Sprintf("( umask 077; %s > %s )", rawLines.ask(names), t.in(secretsFile)))
	case len(t.secrets) > 0:
		t.add("Make the file of secrets, which docker run reads.", fmt.Sprintf("( umask 077; : > %s )", t.in(secretsFile)))
	}
}

// dotenvFile is where Compose looks for variables.
const dotenvFile = ".env"

// dotenv is that file.
func (t *todo) dotenv() {
	if names := required(t.secrets); len(names) > 0 {
		t.add("Write the secrets into a file that only you can read, next to compose.yaml, where Compose looks for them.", fmt.Sprintf("( umask 077; %s > %s )", dotenvLines.ask(names), t.in(dotenvFile)))
	}
}

// keysOfContainers are those of deep storage.
func (t *todo) keysOfContainers() {
	file := secretsFile
	if t.form == "compose" {
		file = dotenvFile
	}
	switch t.site.store {
	case "s3":
		t.add("Let the machine reach the bucket with a role of its instance, which needs no key; or add AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_REGION to " + file + ".")
	case "gs":
		t.add("Let the machine reach the bucket with the service account of its instance; or mount a key into every container, and say where it is with GOOGLE_APPLICATION_CREDENTIALS.")
	}
}

// send brings the files to the servers, where the next steps use them.
func (t *todo) send() {
	if dir := shell(t.dir); !t.onOne() {
		t.add("Copy the folder, with the file of secrets, to the same place on each machine.", fmt.Sprintf("scp -pr %s SERVER:%[1]s     # SERVER is each of them", dir))
	}
}

// driverImage is an image with the driver of MySQL, which Druid's own has not.
func (t *todo) driverImage() {
	if t.site.database.kind != "mysql" {
		return
	}
	image := t.image + ":" + t.tag
	own := "registry.example.com/druid:" + t.tag + "-mysql"
	t.add(fmt.Sprintf("Make an image with MySQL's JDBC driver, push it, and write its name in the place of %s.", image),
		fmt.Sprintf(`printf 'FROM %s\nCOPY --chown=druid mysql-connector-*.jar extensions/mysql-metadata-storage/\n' | docker build -t %s -f - .     # where the jar is`, image, own),
		"docker push "+own)
}

func (t *todo) hadoopFiles() {
	if t.site.store == "hdfs" {
		t.add("Mount core-site.xml and hdfs-site.xml of the Hadoop cluster into every container, in " + path.Join(operatorRoot, "_common") + ".")
	}
}

// reach asks on the machine of the containers what it can answer for them: their
// memory, disks and ports are not those of the machine. Where a plan is for containers
// and no servers, nobody knows which are together on one.
func (t *todo) reach() {
	var commands []string
	for _, server := range t.plan.Servers {
		commands = append(commands, "implycheck preflight"+roleFlag(server)+" --only "+shell(machineChecks)+" "+shell(t.dir))
	}
	t.add("Ask on each machine whether its kernel is set for Druid, and whether ZooKeeper answers.", slices.Compact(commands)...)
}

const machineChecks = "live-dns,live-zk-*,live-swap,live-max-map-count,live-transparent-huge-pages,live-clock"

// run starts the containers of each kind of server.
func (t *todo) run() {
	commands := map[string][]string{}
	var where []string
	for _, c := range t.list {
		on := ""
		if !c.server.Machine.Limited {
			on = t.on(c.server)
		}
		if commands[on] == nil {
			where = append(where, on)
		}
		commands[on] = append(commands[on], t.dockerRun(c, t.dir))
	}
	for _, on := range where {
		t.add(on+"Start the containers.", commands[on]...)
	}
}

func (t *todo) up() {
	t.add("Start the containers.", "docker compose -f "+t.in("compose.yaml")+" up -d")
}
