package form

import (
	"errors"
	"testing"
)

// FuzzRead reads whatever there is in every form that takes it.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{
		operatorResource, twoConfigMaps, prodValues,
		"services:\n  broker:\n    image: apache/druid:33.0.0\n    command: [broker]\n    environment: {druid_a: \"1\"}\n",
		"druid_a=1\nDRUID_XMX=1g\n",
		"broker: {envVars: {druid_x: 1}}\nhistorical: {tiers: {a: {envVars: {DRUID_XMX: 1g}}}}\n",
		"apiVersion: druid.stackable.tech/v1\nkind: DruidCluster\nspec: {brokers: {roleGroups: {a: {}}}}\n",
	} {
		f.Add([]byte(seed), true)
	}
	f.Fuzz(func(t *testing.T, data []byte, yaml bool) {
		name := "druid.env"
		if yaml {
			name = "druid.yaml"
		}
		s := &Source{Path: name, Data: data}
		in := &Input{Guess: 33, File: func(string) (*Source, error) { return nil, errors.New("is not there") }}
		for _, form := range Forms() {
			if !form.Detect(s) {
				continue
			}
			for _, tree := range Read(form, in, s) {
				for _, file := range tree.Files {
					for at := range len(file.Text.s) {
						found := file.Text.Find(at, at+1)
						if found.Source != nil && (found.From < 0 || found.To > len(found.Source.Data) || found.From > found.To) {
							t.Fatalf("%s %s: byte %d is at %d-%d of %d", form.Name, file.Name, at, found.From, found.To, len(found.Source.Data))
						}
					}
				}
			}
		}
	})
}
