using System.Globalization;
using CoAgent.ToolSmith.Sandboxing;
using CoAgent.ToolSmith.Tests.Support;

namespace CoAgent.ToolSmith.Tests.Sandboxing;

/// <summary>Limits of a sandbox, at their edges.</summary>
public sealed class LimitTests
{
    private const int Kibibyte = 1024;

    [Fact]
    public async Task A_program_is_ended_when_its_time_is_over()
    {
        using var sandbox = await Sandboxes.CreateAsync(limits: new SandboxLimits { Timeout = TimeSpan.FromSeconds(1) });

        var run = await sandbox.ShellAsync("echo begun; trap '' TERM; sleep 600 & sleep 600");

        Assert.Null(run.ExitCode);
        Assert.Equal("begun\n", run.Output.Text);
    }

    [Fact]
    public async Task Output_is_kept_up_to_its_limit()
    {
        using var sandbox = await Sandboxes.CreateAsync(limits: new SandboxLimits { OutputBytesMax = 100 });

        var whole = await sandbox.ShellAsync("head -c 100 /dev/zero");
        var cut = await sandbox.ShellAsync("head -c 1000000 /dev/zero");

        Assert.False(whole.Output.IsCut);
        Assert.Equal(100, whole.Output.Bytes.Length);
        Assert.True(cut.Output.IsCut);
        Assert.Equal((100, 1_000_000), (cut.Output.Bytes.Length, cut.Output.BytesTotal));
    }

    [Fact]
    public async Task A_file_is_written_up_to_its_limit()
    {
        using var sandbox = await Sandboxes.CreateAsync(limits: new SandboxLimits { FileBytesMax = 64 * Kibibyte });

        Assert.Equal(0, (await sandbox.ShellAsync("head -c 65536 /dev/zero > full")).ExitCode);
        Assert.NotEqual(0, (await sandbox.ShellAsync("head -c 65537 /dev/zero > over")).ExitCode);
        Assert.Equal(64 * Kibibyte, new FileInfo(sandbox.Root + "/over").Length);
    }

    [Fact]
    public async Task Memory_is_given_up_to_its_limit()
    {
        using var sandbox = await Sandboxes.CreateAsync(limits: new SandboxLimits { MemoryBytesMax = 64 << 20 });

        Assert.Equal(0, (await sandbox.ShellAsync("dd if=/dev/zero of=/dev/null bs=32M count=1")).ExitCode);
        Assert.NotEqual(0, (await sandbox.ShellAsync("dd if=/dev/zero of=/dev/null bs=65M count=1")).ExitCode);
    }

    [Fact]
    public async Task Scratch_space_is_given_up_to_its_limit()
    {
        using var sandbox = await Sandboxes.CreateAsync(limits: new SandboxLimits { ScratchBytesMax = 1 << 20 });

        Assert.Equal(0, (await sandbox.ShellAsync("head -c 1048576 /dev/zero > /tmp/full")).ExitCode);
        Assert.NotEqual(0, (await sandbox.ShellAsync("head -c 1048577 /dev/zero > /tmp/over")).ExitCode);
    }

    [Fact]
    public async Task A_program_that_multiplies_is_bounded()
    {
        const int Wanted = 600;
        const string Multiply = "for ((i = 0; i < $1; i++)); do sleep 600 & done 2> /dev/null; jobs -p | wc -l; kill $(jobs -p)";
        var limits = new SandboxLimits { ProcessesMax = 400 };
        using var bounded = await Sandboxes.CreateAsync(limits: limits);
        using var free = await Sandboxes.CreateAsync(isOn: false, limits);

        var inside = await bounded.ShellAsync(Multiply, Wanted.ToString(CultureInfo.InvariantCulture));
        var outside = await free.ShellAsync(Multiply, Wanted.ToString(CultureInfo.InvariantCulture));

        // Bash gives up at the first child that it cannot have.
        Assert.True(inside.ExitCode != 0 || int.Parse(inside.Output.Text) < limits.ProcessesMax, inside.Output.Text);
        Assert.Equal($"{Wanted}\n", outside.Output.Text);
    }

    [Fact]
    public async Task A_fork_bomb_ends_with_its_time()
    {
        using var sandbox = await Sandboxes.CreateAsync(limits: new SandboxLimits { Timeout = TimeSpan.FromSeconds(2), ProcessesMax = 310 });

        var run = await sandbox.ShellAsync("bomb() { bomb 2> /dev/null | bomb 2> /dev/null & }; bomb; sleep 600");

        Assert.Null(run.ExitCode);
    }

    [Fact]
    public async Task A_trial_folder_is_compared_up_to_so_many_files()
    {
        using var sandbox = await Sandboxes.CreateAsync();
        await sandbox.ShellAsync("touch 1 2 3 4");

        // The folder itself counts.
        Assert.Equal(5, TreeState.Of(sandbox.Root, new SandboxLimits { FilesMax = 5 }).Paths.Count);
        Assert.Throws<SandboxException>(() => TreeState.Of(sandbox.Root, new SandboxLimits { FilesMax = 4 }));
    }

    [Fact]
    public async Task A_trace_is_read_up_to_its_limit()
    {
        using var sandbox = await Sandboxes.CreateAsync(limits: new SandboxLimits { TraceBytesMax = 10 });
        await using var process = sandbox.Start(new SandboxCommand(["cat"]));
        process.Input.Close();
        Assert.Equal(-1, process.Output.ReadByte());

        Assert.NotNull(process.ReadsSince(0).Gap);
    }
}
