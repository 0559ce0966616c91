package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"syscall"
	"testing"
)

// What a program does, in few words. Paths are of files in the root or in the folder "d", which is there and durable.
type program struct {
	t *testing.T
	d *Disk
}

func start(t *testing.T, namesFollowFiles bool) program {
	p := program{t, NewDisk(namesFollowFiles)}
	p.must(p.make("d", syscall.S_IFDIR))
	p.d.SyncAll()
	return p
}

func (p program) must(errno syscall.Errno) {
	p.t.Helper()
	if errno != 0 {
		p.t.Fatal(errno)
	}
}

func at(d *Disk, path string) entry {
	if len(path) > 2 && path[:2] == "d/" {
		return entry{d.nodes[rootIno].names["d"], path[2:]}
	}
	return entry{rootIno, path}
}

func (p program) make(path string, mode uint32) syscall.Errno {
	e := at(p.d, path)
	_, errno := p.d.Make(e.folder, e.name, mode)
	return errno
}

func (p program) ino(path string) Ino {
	e := at(p.d, path)
	return p.d.nodes[e.folder].names[e.name]
}

func (p program) create(path string) { p.t.Helper(); p.must(p.make(path, syscall.S_IFREG)) }
func (p program) write(path string, offset int64, text string) {
	p.t.Helper()
	p.must(p.d.Write(p.ino(path), offset, []byte(text)))
}
func (p program) truncate(path string, length int64) {
	p.t.Helper()
	p.must(p.d.Truncate(p.ino(path), length))
}
func (p program) rename(from, to string) {
	p.t.Helper()
	p.must(p.d.Rename(at(p.d, from), at(p.d, to), true))
}
func (p program) unlink(path string) {
	e := at(p.d, path)
	p.must(p.d.Unlink(e.folder, e.name))
}
func (p program) sync(path string) {
	p.t.Helper()
	ino := rootIno
	if path != "/" {
		ino = p.ino(path)
	}
	mark, errno := p.d.Mark(ino)
	p.must(errno)
	p.must(p.d.Sync(ino, mark))
}

// What is to be seen: the root and "d", with contents.
func seen(d *Disk) map[string]string {
	found := map[string]string{}
	for ino, path := range d.paths() {
		if n := d.nodes[ino]; !n.isFolder() {
			found[path[1:]] = string(n.content)
		}
	}
	return found
}

// All that may be left, over many cuts of the same disk.
func outcomes(t *testing.T, namesFollowFiles bool, act func(program)) map[string]int {
	counted := map[string]int{}
	for seed := range uint64(400) {
		p := start(t, namesFollowFiles)
		act(p)
		p.d.Cut(rand.New(rand.NewPCG(seed, 0)))
		counted[fmt.Sprint(seen(p.d))]++
	}
	return counted
}

func TestPowerCut(t *testing.T) {
	durable := func(p program) { p.create("a"); p.write("a", 0, "old"); p.sync("a"); p.sync("/") }
	replace := func(p program) {
		durable(p)
		p.create("t")
		p.write("t", 0, "new")
		p.sync("t")
		p.rename("t", "a")
	}
	cases := []struct {
		name string
		// Whether a sync of a file covers its name.
		follow bool
		act    func(program)
		// Everything that may be left, and must be now and then.
		left []string
	}{
		{"what is synced stays", false, durable, []string{"map[a:old]"}},
		{"an unsynced write may be forgotten, kept or torn", false,
			func(p program) { durable(p); p.write("a", 0, "new") },
			[]string{"map[a:old]", "map[a:nld]", "map[a:ned]", "map[a:new]"}},
		{"an unsynced append may be cut off anywhere, or be zeros", false,
			func(p program) { durable(p); p.write("a", 3, "ab") },
			[]string{"map[a:old]", "map[a:olda]", "map[a:oldab]", "map[a:old\x00\x00]"}},
		{"a sync covers all writes before it", false,
			func(p program) { durable(p); p.write("a", 3, "1"); p.write("a", 4, "2"); p.sync("a") },
			[]string{"map[a:old12]"}},
		{"and none after it", false,
			func(p program) { durable(p); p.write("a", 3, "1"); p.sync("a"); p.write("a", 0, "X") },
			[]string{"map[a:old1]", "map[a:Xld1]"}},
		{"an unsynced truncation may be forgotten, or its zeros come before its length", false,
			func(p program) { durable(p); p.truncate("a", 1) },
			[]string{"map[a:old]", "map[a:o]", "map[a:o\x00\x00]"}},
		{"a new file of an unsynced folder is gone, though it is synced", false,
			func(p program) { p.create("d/b"); p.write("d/b", 0, "b"); p.sync("d/b"); p.sync("/") },
			[]string{"map[]", "map[d/b:b]"}},
		{"unless names follow files", true,
			func(p program) { p.create("d/b"); p.write("d/b", 0, "b"); p.sync("d/b") },
			[]string{"map[d/b:b]"}},
		{"a name without its data is an empty file", false,
			func(p program) { p.create("a"); p.sync("/") },
			[]string{"map[a:]"}},
		{"a rename without a sync of the folder may be forgotten", false,
			replace,
			[]string{"map[a:old]", "map[a:old t:new]", "map[a:new]"}},
		{"a rename with one stays", false,
			func(p program) { replace(p); p.sync("/") },
			[]string{"map[a:new]"}},
		{"a rename from a folder to another is whole", false,
			func(p program) { durable(p); p.rename("a", "d/a"); p.sync("d") },
			[]string{"map[d/a:old]"}},
		{"or not at all", false,
			func(p program) { durable(p); p.rename("a", "d/a") },
			[]string{"map[a:old]", "map[d/a:old]"}},
		{"a removal may be forgotten", false,
			func(p program) { durable(p); p.unlink("a") },
			[]string{"map[a:old]", "map[]"}},
		{"and stays removed with a sync of the folder", false,
			func(p program) { durable(p); p.unlink("a"); p.sync("/") },
			[]string{"map[]"}},
		{"what a folder's sync makes durable is not undone by what was before it elsewhere", false,
			func(p program) {
				durable(p)
				p.create("d/x")
				p.rename("a", "d/x") // in place of it
				p.sync("/")
			},
			[]string{"map[d/x:old]"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			counted := outcomes(t, c.follow, c.act)
			for _, left := range c.left {
				if counted[left] == 0 {
					t.Errorf("never left: %q", left)
				}
				delete(counted, left)
			}
			for left, times := range counted {
				t.Errorf("left %d times: %q", times, left)
			}
		})
	}
}

func TestAHarshCutLeavesNothingUnsynced(t *testing.T) {
	for seed := range uint64(50) {
		p := start(t, true)
		p.create("a")
		p.write("a", 0, "1")
		p.sync("a")
		p.write("a", 1, "2")
		p.create("b")
		p.d.CutHarshly(rand.New(rand.NewPCG(seed, 0)))
		if got := fmt.Sprint(seen(p.d)); got != "map[a:1]" {
			t.Fatalf("left %s", got)
		}
	}
}

func TestSyncCoversOnlyWhatWasThereWhenItBegan(t *testing.T) {
	p := start(t, true)
	p.create("a")
	p.write("a", 0, "1")
	began, _ := p.d.Mark(p.ino("a"))
	p.write("a", 1, "2")
	p.must(p.d.Sync(p.ino("a"), began))
	if got := p.d.nodes[p.ino("a")].durable; string(got) != "1" {
		t.Errorf("durable is %q", got)
	}
}

func TestSameSeedSameLoss(t *testing.T) {
	left := func(seed uint64) string {
		p := start(t, true)
		for i := range 20 {
			name := fmt.Sprintf("d/%d", i)
			p.create(name)
			p.write(name, 0, "some text")
		}
		loss := p.d.Cut(rand.New(rand.NewPCG(seed, 1)))
		return fmt.Sprint(seen(p.d), loss)
	}
	if left(1) != left(1) {
		t.Error("one seed, two losses")
	}
	if left(1) == left(2) {
		t.Error("two seeds, one loss")
	}
}

// Whatever a program does between syncs: what was synced last and not touched since is there after the cut, byte by byte.
func TestSyncedBytesSurvive(t *testing.T) {
	for seed := range uint64(300) {
		random := rand.New(rand.NewPCG(seed, 2))
		p := start(t, false)
		p.create("a")
		p.sync("/")
		var synced []byte
		for range 30 {
			ino := p.ino("a")
			if random.IntN(4) == 0 {
				p.sync("a")
			} else {
				text := bytes.Repeat([]byte{byte(random.IntN(255) + 1)}, random.IntN(9_000))
				p.must(p.d.Write(ino, int64(len(p.d.nodes[ino].content)), text))
			}
			if len(p.d.nodes[ino].pending) == 0 {
				synced = slices.Clone(p.d.nodes[ino].content)
			}
		}
		written := slices.Clone(p.d.nodes[p.ino("a")].content)
		p.d.Cut(random)
		left := p.d.nodes[p.ino("a")].content
		if len(left) < len(synced) || !bytes.Equal(left[:len(synced)], synced) {
			t.Fatalf("seed %d: of %d synced bytes not all are among the %d that are left", seed, len(synced), len(left))
		}
		for i, b := range left[len(synced):] {
			if b != 0 && b != written[len(synced)+i] {
				t.Fatalf("seed %d: byte %d was never written so", seed, len(synced)+i)
			}
		}
	}
}
