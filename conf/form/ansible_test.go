package form

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func ansibleOf(files map[string]string) *Ansible {
	sources := map[string]*Source{}
	for name, text := range files {
		sources[name] = &Source{Path: name, Data: []byte(text)}
	}
	return NewAnsible(slices.Sorted(maps.Keys(files)), func(name string) (*Source, error) {
		if s := sources[name]; s != nil {
			return s, nil
		}
		return nil, errors.New("is not there")
	})
}

const ansibleDefaults = `port: 8082
quoted: "8082"
yes_value: yes
true_value: true
off_value: Off
text_true: "true"
octal: 0755
hex: 0x10
under: 1_000
sexa: 11:30
float: 1.5
floatz: 1.50
expo: 1e3
expo2: 1.0e+3
ip: 10.0.0.1
size: 8g
date: 2020-01-01
nothing:
tilde: ~
list: [a, b]
map: {a: {b: x, c-d: 9}, port: 5}
nested: "{{ size }}/{{ port }}"
nested2: "{{ nested }}-{{ nested }}"
blank: "  a  "
empty: ""
zero: 0
hostport: 2181:2181
upper: ABC
neg: -5
plus: +5
jsonlist: '["a","b"]'
jsonmap: '{"a": 1}'
both_default: from_defaults
group_default: from_defaults
loop: "{{ item_x }}"
dotted: .5
big: 12345678901234567890
`

// ansibleRows are expressions, and what ansible-core 2.19.14 was seen to write for them.
const ansibleRows = `{{ port }}	8082
{{ quoted }}	8082
{{ yes_value }}	True
{{ true_value }}	True
{{ off_value }}	False
{{ text_true }}	true
{{ octal }}	493
{{ hex }}	16
{{ under }}	1000
{{ sexa }}	690
{{ float }}	1.5
{{ floatz }}	1.5
{{ expo }}	1e3
{{ expo2 }}	1000.0
{{ ip }}	10.0.0.1
{{ size }}	8g
{{ date }}	2020-01-01
{{ nothing }}	
{{ tilde }}	
{{ list }}	['a', 'b']
{{ map.a.b }}	x
{{ map['a']['c-d'] }}	9
{{ map.port }}	5
{{ nested }}	8g/8082
{{ nested2 }}	8g/8082-8g/8082
{{ blank }}	  a  
{{ blank | trim }}	a
{{ empty }}	
{{ zero }}	0
{{ hostport }}	2181:2181
{{ upper | lower }}	abc
{{ neg }}	-5
{{ plus }}	5
{{ jsonlist }}	["a","b"]
{{ jsonmap }}	{"a": 1}
{{ both_default }}	from_vars
{{ group_default }}	from_group
{{ group_only }}	from_all
{{ dotted }}	0.5
{{ big }}	12345678901234567890
{{ missing | default(5) }}	5
{{ missing | default('x y') }}	x y
{{ missing | d("q") }}	q
{{ missing | default(true) }}	True
{{ missing | default(port) }}	8082
{{ empty | default('z') }}	
{{ empty | default('z', true) }}	z
{{ zero | default(7, true) }}	7
{{ zero | default(7, boolean=true) }}	7
{{ off_value | default('z', true) }}	z
{{ quoted | int }}	8082
{{ size | int }}	0
{{ float | int }}	1
{{ yes_value | bool }}	True
{{ text_true | bool }}	True
{{ text_true | bool | lower }}	true
{{ true_value | lower }}	true
{{ port | bool }}	False
{{ zero | bool }}	False
{{ port | string }}	8082
{{ 'lit' }}	lit
{{ 12 }}	12
{{ true }}	True
{{port}}	8082
a{{ port }}b{{ size }}c	a8082b8gc
{{ missing | default(missing2) | default(3) }}	3
{{ empty | int }}	0
{{ missing | default('') }}	
{{ 'a|b' }}	a|b
{{ missing | default('a|b') }}	a|b
{{ yes_value | int }}	1
{{ off_value | string | lower }}	false
{{ nested | lower }}	8g/8082
{{ ' x ' | trim }}	x`

// jinjaRows are more of them, and what Jinja 2 alone was seen to write.
const jinjaRows = `{{ ' ' | trim | default('z', true) }}	z
{{ '0' | default('z', true) }}	0
{{ '0' | int | default(7, true) }}	7
{{ zero | string | default(7, true) }}	0
{{ off_value | lower | default('z', true) }}	false`

// unknownRows are those that are left alone.
var unknownRows = []string{
	"{{ octal }}", "{{ hex }}", "{{ under }}", "{{ sexa }}", "{{ floatz }}", "{{ expo2 }}", "{{ date }}", "{{ nothing }}", "{{ tilde }}",
	"{{ list }}", "{{ plus }}", "{{ dotted }}", "{{ size | int }}", "{{ float | int }}", "{{ port | bool }}", "{{ empty | int }}", "{{ yes_value | int }}",
}

// TestAnsible evaluates expressions as Ansible does, or not at all.
func TestAnsible(t *testing.T) {
	a := ansibleOf(map[string]string{
		"roles/d/defaults/main.yml": ansibleDefaults, "roles/d/vars/main.yml": "both_default: from_vars\n",
		"group_vars/all.yml": "group_default: from_group\ngroup_only: from_all\n", "site.yml": "- hosts: localhost\n  roles: [d]\n",
	})
	for row := range strings.Lines(ansibleRows + "\n" + jinjaRows) {
		expression, want, _ := strings.Cut(strings.TrimSuffix(row, "\n"), "\t")
		got, _, ok := a.Fill("roles/d/templates/t.j2", expression, nil)
		require.Equal(t, !slices.Contains(unknownRows, expression), ok, "%s: %q", expression, got)
		if ok {
			require.Equal(t, want, got, expression)
		}
	}
}

// TestAnsibleDoubt knows nothing of a variable that several may set.
func TestAnsibleDoubt(t *testing.T) {
	role := map[string]string{"roles/d/defaults/main.yml": "port: 8082\n"}
	fill := func(files map[string]string) (string, bool) {
		all := maps.Clone(role)
		maps.Copy(all, files)
		got, _, ok := ansibleOf(all).Fill("roles/d/templates/broker/runtime.properties.j2", "{{ port }}", nil)
		return got, ok
	}
	for name, text := range map[string]string{
		"site.yml": "- hosts: a\n  vars: {port: 1}\n", "playbooks/b.yml": "roles: [{role: d, port: 1}]\n", "group_vars/brokers.yml": "port: 1\n",
		"host_vars/b1/main.yml": "port: 1\n", "inventories/prod/hosts": "[b:vars]\nport=1\n", "roles/d/tasks/main.yml": "- set_fact:\n    port: 1\n",
		"roles/d/vars/RedHat.yml": "port: 1\n", "roles/other/vars/main.yml": "port: 1\n", "inventory.ini": "b1 port=1\n", "q.yml": "- set_fact: {\"port\": 1}\n",
		"roles/x/tasks/main.yml": "- command: x\n  register: port\n", "prompt.yml": "- hosts: a\n  vars_prompt:\n  - name: 'port'\n    private: false\n",
		"production": "[b]\nb1 port=1\n",
	} {
		got, ok := fill(map[string]string{name: text})
		require.False(t, ok, "%s: %s", name, got)
	}
	for name, text := range map[string]string{"site.yml": "- hosts: a\n  roles: [d]\n", "roles/other/defaults/main.yml": "port: 1\n", "other.yml": "sport: 1\nport_x: 2\n", "x.yml": "- name: port_x\n  register: sport\n- name: open port\n"} {
		got, ok := fill(map[string]string{name: text})
		require.True(t, ok, name)
		require.Equal(t, "8082", got)
	}
	got, ok := fill(map[string]string{"roles/d/vars/main.yml": "port: 1\n", "group_vars/b.yml": "port: 2\n", "group_vars/all/x.yml": "port: 3\n"})
	require.True(t, ok, "the vars of the role are stronger than those of groups")
	require.Equal(t, "1", got)
	_, ok = fill(map[string]string{"group_vars/all/a.yml": "port: 2\n", "inventories/prod/group_vars/all.yml": "port: 3\n"})
	require.False(t, ok, "two inventories")
	_, _, ok = ansibleOf(map[string]string{"roles/other/defaults/main.yml": "port: 1\n"}).Fill("roles/d/templates/t.j2", "{{ port | default(8082) }}", nil)
	require.False(t, ok, "another role in the play has a default")

	a := ansibleOf(map[string]string{"roles/d/defaults/main.yml": "a: '{{ b }}'\nb: '{{ a }}'\nc: '{{ port }}{{ port }}'\nport: 8082\nsecret: !vault |\n  abc\n"})
	for text, locals := range map[string]map[string]bool{"{{ a }}": nil, "{{ port }}": {"port": true}, "{{ secret }}": nil, "{{- port }}": nil, "{{ port": nil, "{% if a %}{{ port }}": nil, "{{ port.x }}": nil, "{{ port + 1 }}": nil} {
		_, _, ok := a.Fill("roles/d/templates/t.j2", text, locals)
		require.False(t, ok, text)
	}
	_, _, ok = a.Fill("conf/t.j2", "{{ port }}", nil)
	require.False(t, ok, "of no role")
	require.Equal(t, map[string]bool{"port": true, "k": true, "v": true}, Locals([]byte("{% set port = 1 %}\n{%- for k, v in x %}")))
}
