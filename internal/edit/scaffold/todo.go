package scaffold

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/implycheck/implycheck/sizing"
)

// todo is the list of what is left to do before what was written can be started: in
// each form its own steps, in their order.
type todo struct {
	containers // those of a form; of a conf tree the writer alone
	dir        string
	files      []File
	steps      []sizing.Step
}

// step adds a step to the list, or several, or none where there is nothing to do.
type step func(*todo)

// confSteps are those of servers that run Druid's distribution.
var confSteps = []step{
	(*todo).fill, (*todo).user, (*todo).servers, (*todo).ensemble, (*todo).database, (*todo).exportPassword, (*todo).driver,
	(*todo).pivotDatabase, (*todo).storageOfServers, (*todo).extensions, (*todo).access, (*todo).check, (*todo).preflight,
}

// Todo is what is left to do with the files of a plan, which are in a folder.
func Todo(name, dir string, plan sizing.Plan, s Site, files []File) []sizing.Step {
	t := todo{dir: dir, files: files}
	steps := confSteps
	if name == Conf {
		t.writer = &writer{plan: plan, site: s.of(plan), layout: layoutOf(plan)}
	} else {
		t.containers = containersOf(name, plan, s)
		steps = forms.Get()[name].todo
	}
	for _, add := range steps {
		add(&t)
	}
	return t.steps
}

func (t *todo) add(text string, commands ...string) {
	t.steps = append(t.steps, sizing.Step{Text: text, Commands: commands})
}

// in is a path in the folder that was written, as a shell reads it.
func (t *todo) in(name string) string { return shell(path.Join(t.dir, name)) }

func (t *todo) fill() {
	if list := placeholdersIn(t.files); len(list) > 0 {
		t.add("Fill in what only you know; lint reports each as props-template-placeholder.", list...)
	}
}

// marks are what stands for an address that nobody gave.
var marks = []string{"example.com", "your-"}

// placeholdersIn are the settings that are yet to be filled in, as FILE: KEY=VALUE. One
// that is in several files is listed once.
func placeholdersIn(files []File) (list []string) {
	in := map[string][]string{}
	var lines []string
	for _, f := range files {
		for line := range strings.Lines(f.Text) {
			line = strings.TrimSpace(line)
			if strings.HasPrefix(line, "#") || strings.HasPrefix(line, "storageClassName:") || !slices.ContainsFunc(marks, func(mark string) bool { return strings.Contains(line, mark) }) {
				continue
			}
			if in[line] == nil {
				lines = append(lines, line)
			}
			in[line] = append(in[line], f.Path)
		}
	}
	for _, line := range lines {
		list = append(list, strings.Join(in[line], ", ")+": "+line)
	}
	return list
}

func (t *todo) database() {
	d := t.site.database
	if d.kind == "derby" {
		return
	}
	user := d.userOr("druid")
	commands := []string{
		fmt.Sprintf("CREATE USER %s WITH PASSWORD '...';", sqlName(user, `"`)),
		fmt.Sprintf("CREATE DATABASE %s OWNER %s ENCODING 'UTF8';", sqlName(d.name, `"`), sqlName(user, `"`)),
	}
	if d.kind == "mysql" {
		name := sqlName(d.name, "`")
		commands = []string{
			fmt.Sprintf("CREATE DATABASE %s DEFAULT CHARACTER SET utf8mb4;", name),
			fmt.Sprintf("CREATE USER '%s'@'%%' IDENTIFIED BY '...';", user),
			fmt.Sprintf("GRANT ALL PRIVILEGES ON %s.* TO '%s'@'%%';", name, user),
		}
	}
	t.add("Make the database of the metadata store and its user on "+d.hosts+".", commands...)
}

// sqlName is a name as SQL takes it as it is: without quotes druid-prod is a subtraction,
// and PostgreSQL makes druid of Druid.
func sqlName(name, quote string) string {
	return quote + strings.ReplaceAll(name, quote, quote+quote) + quote
}

func (t *todo) access() {
	t.add("Decide who may log in: nothing here asks for a password. Until then let only the cluster and its users reach the ports.",
		"implycheck explain sec-no-auth")
}

// check is the commands that look at what was written.
func (t *todo) check() {
	conf := shell(t.dir)
	if t.form == "" {
		conf = t.in("conf")
	}
	commands := []string{"implycheck lint " + conf, "implycheck ports " + conf}
	if len(t.plan.Servers) > 1 && !t.onOne() {
		commands = append(commands, "implycheck lint --ha "+conf)
	}
	t.add("Check it before anything is started.", commands...)
}
