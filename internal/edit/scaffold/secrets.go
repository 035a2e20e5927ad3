package scaffold

import "github.com/implycheck/implycheck/schema"

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
