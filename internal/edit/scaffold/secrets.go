package scaffold

import (
	"fmt"
	"strings"

	"github.com/implycheck/implycheck/schema"
)

// secret is a variable that the processes take a secret from.
type secret struct {
	name string
	// optional is set for what is needed only where no role of the machine gives access.
	optional bool
}

// secrets are those of a site.
func (s site) secrets(t schema.Target) (list []secret) {
	if !s.derby() {
		list = append(list, secret{name: MetadataVariable})
	}
	switch {
	case s.store == "azure" && t.Release >= azureKeyInEnvironment:
		list = append(list, secret{name: azureVariable})
	case s.store == "s3":
		list = append(list, secret{"AWS_ACCESS_KEY_ID", true}, secret{"AWS_SECRET_ACCESS_KEY", true})
	}
	return list
}

// required are the names of those that there have to be.
func required(secrets []secret) (names []string) {
	for _, s := range secrets {
		if !s.optional {
			names = append(names, s.name)
		}
	}
	return names
}

// secretLines are how secrets are written for someone who reads lines of names and values.
type secretLines struct {
	format string // of a name and a value
	quote  string // what sed does to the value; nothing where it is taken as it is
}

var (
	rawLines    = secretLines{format: `%s=%s\n`} // of docker run and kubectl
	dotenvLines = secretLines{`%s="%s"\n`, `s/[\\"$]/\\&/g`}
	yamlLines   = secretLines{format: `  %s: |2-\n    %s\n`}
)

// ask is a command that asks for secrets and writes them, for bash and zsh.
func (l secretLines) ask(names []string) string {
	value := `"$VALUE"`
	if l.quote != "" {
		value = `"$(printf %s "$VALUE" | sed ` + shell(l.quote) + `)"`
	}
	return fmt.Sprintf(`for NAME in %s; do printf '%%s: ' "$NAME" >&2; IFS= read -rs VALUE && printf %s "$NAME" %s; done`, strings.Join(names, " "), shell(l.format), value)
}
