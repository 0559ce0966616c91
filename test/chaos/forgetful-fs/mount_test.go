package main

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// A real mount, where the machine has /dev/fuse and lets us.
func mounted(t *testing.T, syncTime time.Duration) (string, *Power, *atomic.Int32) {
	folder := t.TempDir()
	cuts := &atomic.Int32{}
	power := NewPower(NewDisk(false), 1, func(Loss) { cuts.Add(1) })
	if _, err := Mount(folder, power, syncTime); err != nil {
		if os.Getuid() == 0 && fileExists("/dev/fuse") {
			t.Fatal(err)
		}
		t.Skipf("no file system can be mounted here: %v", err)
	}
	t.Cleanup(func() {
		power.End()
		if err := syscall.Unmount(folder, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return folder, power, cuts
}

func fileExists(path string) bool { _, err := os.Stat(path); return err == nil }

func write(t *testing.T, path string, flags int, text string) *os.File {
	t.Helper()
	file, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|flags, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := file.WriteString(text); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = file.Close() })
	return file
}

func TestSyncsOfProgramsArrive(t *testing.T) {
	folder, power, _ := mounted(t, time.Millisecond)
	durable := func(name string) string {
		power.mu.Lock()
		defer power.mu.Unlock()
		n, errno := power.disk.Lookup(rootIno, name)
		if errno != 0 {
			t.Fatal(errno)
		}
		return string(n.durable)
	}
	synced := write(t, filepath.Join(folder, "synced"), 0, "s")
	if got := durable("synced"); got != "" {
		t.Errorf("%q is durable before the sync", got)
	}
	if err := synced.Sync(); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(folder, "through"), os.O_SYNC|os.O_TRUNC, "t")
	write(t, filepath.Join(folder, "data through"), syscall.O_DSYNC, "d")
	_ = write(t, filepath.Join(folder, "unsynced"), os.O_APPEND, "u").Close()
	for name, want := range map[string]string{"synced": "s", "through": "t", "data through": "d", "unsynced": ""} {
		if got := durable(name); got != want {
			t.Errorf("%q of %s is durable, not %q", got, name, want)
		}
	}
	for _, name := range []string{"synced", "through", "data through", "unsynced"} {
		if text, err := os.ReadFile(filepath.Join(folder, name)); err != nil || string(text) != name[:1] {
			t.Errorf("%s holds %q, %v", name, text, err)
		}
	}
	waiting := func() int {
		power.mu.Lock()
		defer power.mu.Unlock()
		return len(power.disk.namings)
	}
	before := waiting()
	root, _ := os.Open(folder)
	if err := root.Sync(); err != nil {
		t.Fatal(err)
	}
	if before != 4 || waiting() != 0 {
		t.Errorf("%d names, then %d, wait for a sync of their folder", before, waiting())
	}
}

func TestNoProgramIsAnsweredWithoutPower(t *testing.T) {
	folder, power, cuts := mounted(t, 0)
	kept := write(t, filepath.Join(folder, "kept"), os.O_SYNC, "kept")
	root, _ := os.Open(folder)
	if err := root.Sync(); err != nil {
		t.Fatal(err)
	}
	power.CutAfter(2)
	write(t, filepath.Join(folder, "through"), os.O_SYNC, "does not count")
	lost := write(t, filepath.Join(folder, "lost"), 0, "1")
	if _, err := lost.WriteString("2"); err != nil {
		t.Fatal(err)
	}
	answered := make(chan error, 2)
	go func() { answered <- kept.Sync() }()
	go func() { answered <- os.WriteFile(filepath.Join(folder, "more"), nil, 0o644) }()
	select {
	case err := <-answered:
		t.Fatalf("answered without power: %v", err)
	case <-time.After(100 * time.Millisecond):
	}
	power.End()
	for range 2 {
		if err := <-answered; !errors.Is(err, syscall.EIO) {
			t.Errorf("answered with %v, not an I/O error", err)
		}
	}
	power.On()
	if cuts.Load() != 1 {
		t.Errorf("%d cuts", cuts.Load())
	}
	if text, err := os.ReadFile(filepath.Join(folder, "kept")); string(text) != "kept" {
		t.Errorf("kept is %q: %v", text, err)
	}
	if fileExists(filepath.Join(folder, "more")) {
		t.Error("what was asked without power has happened")
	}
}

func TestAPauseForgetsNothing(t *testing.T) {
	folder, power, cuts := mounted(t, 0)
	paused := make(chan struct{})
	power.PauseAfter(1, func() { close(paused) })
	file := write(t, filepath.Join(folder, "a"), 0, "a")
	<-paused
	answered := make(chan error)
	go func() { answered <- file.Sync() }()
	select {
	case err := <-answered:
		t.Fatalf("answered during a pause: %v", err)
	case <-time.After(50 * time.Millisecond):
	}
	power.End()
	if err := <-answered; !errors.Is(err, syscall.EIO) {
		t.Errorf("answered with %v, not an I/O error", err)
	}
	power.On()
	if text, err := os.ReadFile(filepath.Join(folder, "a")); string(text) != "a" || cuts.Load() != 0 {
		t.Errorf("a is %q after %d cuts: %v", text, cuts.Load(), err)
	}
}

func TestPowerCutDuringASync(t *testing.T) {
	folder, power, _ := mounted(t, time.Second)
	file := write(t, filepath.Join(folder, "a"), 0, "a")
	answered := make(chan error)
	go func() { answered <- file.Sync() }()
	time.Sleep(100 * time.Millisecond)
	power.Cut()
	power.End()
	power.On()
	if err := <-answered; !errors.Is(err, syscall.EIO) {
		t.Errorf("a sync that the power cut ended answers %v", err)
	}
}

func TestFoldersCanBeListedAndRemoved(t *testing.T) {
	folder, _, _ := mounted(t, 0)
	deep := filepath.Join(folder, "a", "b")
	if err := os.MkdirAll(deep, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"1", "2", "3"} {
		write(t, filepath.Join(deep, name), 0, name)
	}
	if err := os.Link(filepath.Join(deep, "1"), filepath.Join(deep, "4")); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(filepath.Join(deep, "2"), filepath.Join(folder, "a", "2")); err != nil {
		t.Fatal(err)
	}
	entries, _ := os.ReadDir(deep)
	names := []string{}
	for _, one := range entries {
		names = append(names, one.Name())
	}
	if !slices.Equal(names, []string{"1", "3", "4"}) {
		t.Errorf("the folder lists %v", names)
	}
	if err := os.RemoveAll(filepath.Join(folder, "a")); err != nil {
		t.Fatal(err)
	}
	if entries, _ := os.ReadDir(folder); len(entries) > 0 {
		t.Errorf("%d entries are left", len(entries))
	}
}
