package scaffold

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"unicode"
)

// secretsFile has the secrets for docker run; nobody but its user writes it.
const secretsFile = "secrets.env"

// envFiles are one file of variables for each process: docker run --env-file.
func envFiles(all containers) (files []File) {
	for _, c := range all.list {
		text := "# " + all.dockerRun(c, "") + "\n"
		for _, v := range slices.Concat(all.shared(), variables(c.own, c.flags)) {
			text += v.name + "=" + v.value + "\n"
		}
		files = append(files, File{c.role + ".env", text})
	}
	return files
}

// inDocker refuses folders of whose names Docker takes the colon for the end, and those
// whose names end a line.
func inDocker(all containers) error {
	for _, c := range all.list {
		for _, bind := range all.binds(c, "") {
			if strings.Count(bind, ":") > 1 || strings.ContainsFunc(bind, unicode.IsControl) {
				return fmt.Errorf("a folder with a colon or a line end in its name cannot be a volume of Docker: %q", bind)
			}
		}
	}
	return nil
}

// dockerRun starts a container from the files in a folder. It is on the network of its
// machine: the script of the image announces the address there, and one of a bridge is
// not reached from other machines.
func (all containers) dockerRun(c container, dir string) string {
	words := []string{
		"docker run -d --name druid-" + c.role, "--restart unless-stopped --network host", fmt.Sprintf("--memory %dm", c.limit),
		"--env-file " + shell(path.Join(dir, c.role+".env")),
	}
	if len(all.secrets) > 0 {
		words = append(words, "--env-file "+shell(path.Join(dir, secretsFile)))
	}
	for _, bind := range all.binds(c, "druid-") {
		words = append(words, "-v "+shell(bind))
	}
	return strings.Join(append(words, all.image+":"+all.tag, c.role), " ")
}

// binds are the volumes of a container as Docker takes them, FROM:TO.
func (all containers) binds(c container, prefix string) (list []string) {
	for _, v := range c.volumes {
		from := v.host
		if from == "" {
			from = prefix + c.role
		}
		list = append(list, from+":"+v.path)
	}
	if shared := all.site.sharedFolder(); shared != "" {
		list = append(list, shared+":"+shared)
	}
	return list
}
