package main

import (
	"maps"
	"slices"
	"sort"
	"syscall"
)

// Ino names a file or a folder for as long as it exists; the root is rootIno.
type Ino uint64

const rootIno Ino = 1

// Disk is a file system in memory that keeps two truths: what every program sees, and what is durable.
//
// Data of a file becomes durable when the file is synced; a name (of a new, linked, renamed or removed file or folder) when its folder
// is. Modes, owners and times are not forgotten. A Disk is not safe for concurrent use.
type Disk struct {
	// NamesFollowFiles: a sync of a file or folder covers its own pending names and those of the folders above it, as ext4, XFS and
	// Btrfs do. Without, names wait for a sync of their folder, which is all that POSIX says.
	NamesFollowFiles bool

	nodes   map[Ino]*node
	nextIno Ino
	// What was done to names and is not durable yet, oldest first.
	namings    []naming
	nextNaming uint64
}

type node struct {
	ino   Ino
	mode  uint32
	owner owner
	times times
	links int

	// Of a file.
	content []byte
	durable []byte
	pending []change
	// How many of its changes are durable.
	settled uint64

	// Of a folder.
	names        map[string]Ino
	durableNames map[string]Ino
}

type owner struct{ uid, gid uint32 }

type times struct{ modified, changed int64 } // nanoseconds since 1970

// A change of a file's data: bytes written at an offset or, where bytes is nil, a new length.
type change struct {
	at    int64
	bytes []byte
}

// A naming happens as a whole or not at all: one effect, or the two of a rename.
type naming struct {
	number  uint64
	effects []effect
}

// An effect lets a name in a folder mean a file or folder, or nothing (0).
type effect struct {
	entry
	means Ino
}

type entry struct {
	folder Ino
	name   string
}

// NewDisk answers an empty disk.
func NewDisk(namesFollowFiles bool) *Disk {
	d := &Disk{NamesFollowFiles: namesFollowFiles, nodes: map[Ino]*node{}, nextIno: rootIno}
	d.newNode(syscall.S_IFDIR | 0o755)
	return d
}

func (d *Disk) newNode(mode uint32) *node {
	n := &node{ino: d.nextIno, mode: mode}
	if n.isFolder() {
		n.names, n.durableNames = map[string]Ino{}, map[string]Ino{}
	}
	d.nodes[n.ino] = n
	d.nextIno++
	return n
}

func (n *node) isFolder() bool { return n.mode&syscall.S_IFMT == syscall.S_IFDIR }

func (d *Disk) folder(ino Ino) (*node, syscall.Errno) {
	n := d.nodes[ino]
	switch {
	case n == nil:
		return nil, syscall.ESTALE
	case !n.isFolder():
		return nil, syscall.ENOTDIR
	}
	return n, 0
}

func (d *Disk) file(ino Ino) (*node, syscall.Errno) {
	n := d.nodes[ino]
	switch {
	case n == nil:
		return nil, syscall.ESTALE
	case n.isFolder():
		return nil, syscall.EISDIR
	}
	return n, 0
}

// Lookup finds what a name means.
func (d *Disk) Lookup(folder Ino, name string) (*node, syscall.Errno) {
	f, errno := d.folder(folder)
	if errno != 0 {
		return nil, errno
	}
	ino, found := f.names[name]
	if !found {
		return nil, syscall.ENOENT
	}
	return d.nodes[ino], 0
}

// Names lists a folder in order.
func (d *Disk) Names(folder Ino) ([]string, syscall.Errno) {
	f, errno := d.folder(folder)
	if errno != 0 {
		return nil, errno
	}
	return slices.Sorted(maps.Keys(f.names)), 0
}

// Make creates an empty file or folder, as the mode says.
func (d *Disk) Make(folder Ino, name string, mode uint32) (*node, syscall.Errno) {
	f, errno := d.folder(folder)
	if errno != 0 {
		return nil, errno
	}
	if _, taken := f.names[name]; taken {
		return nil, syscall.EEXIST
	}
	n := d.newNode(mode)
	d.rename(effect{entry{folder, name}, n.ino})
	return n, 0
}

// Link gives a file one more name.
func (d *Disk) Link(ino Ino, folder Ino, name string) (*node, syscall.Errno) {
	n, errno := d.file(ino)
	if errno != 0 {
		return nil, syscall.EPERM
	}
	f, errno := d.folder(folder)
	if errno != 0 {
		return nil, errno
	}
	if _, taken := f.names[name]; taken {
		return nil, syscall.EEXIST
	}
	d.rename(effect{entry{folder, name}, n.ino})
	return n, 0
}

// Unlink removes the name of a file.
func (d *Disk) Unlink(folder Ino, name string) syscall.Errno {
	n, errno := d.Lookup(folder, name)
	switch {
	case errno != 0:
		return errno
	case n.isFolder():
		return syscall.EISDIR
	}
	d.rename(effect{entry{folder, name}, 0})
	return 0
}

// Rmdir removes an empty folder.
func (d *Disk) Rmdir(folder Ino, name string) syscall.Errno {
	n, errno := d.Lookup(folder, name)
	switch {
	case errno != 0:
		return errno
	case !n.isFolder():
		return syscall.ENOTDIR
	case len(n.names) > 0:
		return syscall.ENOTEMPTY
	}
	d.rename(effect{entry{folder, name}, 0})
	return 0
}

// Rename moves a name, in place of what has the new one.
func (d *Disk) Rename(from, to entry, replace bool) syscall.Errno {
	n, errno := d.Lookup(from.folder, from.name)
	if errno != 0 {
		return errno
	}
	target, errno := d.Lookup(to.folder, to.name)
	switch {
	case errno == syscall.ENOENT:
	case errno != 0:
		return errno
	case !replace:
		return syscall.EEXIST
	case target == n:
		return 0
	case n.isFolder() && !target.isFolder():
		return syscall.ENOTDIR
	case !n.isFolder() && target.isFolder():
		return syscall.EISDIR
	case len(target.names) > 0:
		return syscall.ENOTEMPTY
	}
	d.rename(effect{from, 0}, effect{to, n.ino})
	return 0
}

// Makes effects visible at once, and durable later: together.
func (d *Disk) rename(effects ...effect) {
	for _, e := range effects {
		names := d.nodes[e.folder].names
		if before := d.nodes[names[e.name]]; before != nil {
			before.links--
		}
		apply(names, e)
		if after := d.nodes[e.means]; after != nil {
			after.links++
		}
	}
	d.namings = append(d.namings, naming{d.nextNaming, effects})
	d.nextNaming++
}

func apply(names map[string]Ino, e effect) {
	if e.means == 0 {
		delete(names, e.name)
	} else {
		names[e.name] = e.means
	}
}

// Write puts bytes into a file.
func (d *Disk) Write(ino Ino, at int64, bytes []byte) syscall.Errno {
	return d.change(ino, change{at, slices.Clone(bytes)})
}

// Truncate gives a file another length. What it has already is no change.
func (d *Disk) Truncate(ino Ino, length int64) syscall.Errno {
	if n := d.nodes[ino]; n != nil && !n.isFolder() && int64(len(n.content)) == length {
		return 0
	}
	return d.change(ino, change{at: length})
}

func (d *Disk) change(ino Ino, c change) syscall.Errno {
	n, errno := d.file(ino)
	if errno != 0 {
		return errno
	}
	n.content = c.on(n.content)
	n.pending = append(n.pending, c)
	return 0
}

// What a file holds after the change.
func (c change) on(content []byte) []byte {
	if c.bytes == nil {
		return resized(content, c.at)
	}
	if end := c.at + int64(len(c.bytes)); end > int64(len(content)) {
		content = resized(content, end)
	}
	copy(content[c.at:], c.bytes)
	return content
}

func resized(content []byte, length int64) []byte {
	if length <= int64(len(content)) {
		return content[:length]
	}
	before := len(content)
	content = slices.Grow(content, int(length)-before)[:length]
	clear(content[before:])
	return content
}

// Read copies what is at an offset; fewer bytes than asked for at the end of the file.
func (d *Disk) Read(ino Ino, at int64, into []byte) (int, syscall.Errno) {
	n, errno := d.file(ino)
	if errno != 0 {
		return 0, errno
	}
	if at >= int64(len(n.content)) {
		return 0, 0
	}
	return copy(into, n.content[at:]), 0
}

// Paths by what they lead to now, for those who read reports. Of a file with several names, one.
func (d *Disk) paths() map[Ino]string {
	found := map[Ino]string{rootIno: "/"}
	var walk func(Ino, string)
	walk = func(folder Ino, path string) {
		for name, ino := range d.nodes[folder].names {
			found[ino] = path + name
			if d.nodes[ino].isFolder() {
				walk(ino, path+name+"/")
			}
		}
	}
	walk(rootIno, "/")
	return found
}

func (d *Disk) inOrder() []*node {
	all := slices.Collect(maps.Values(d.nodes))
	sort.Slice(all, func(i, j int) bool { return all[i].ino < all[j].ino })
	return all
}
