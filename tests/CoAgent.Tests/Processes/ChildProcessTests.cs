using System.Runtime.Versioning;
using System.Text;
using CoAgent.Proxy.Processes;

namespace CoAgent.Tests.Processes;

[SupportedOSPlatform("linux")]
public sealed class ChildProcessTests : IAsyncLifetime
{
    private static readonly TimeSpan s_shortGrace = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan s_longGrace = TimeSpan.FromSeconds(60);

    private readonly RecordingLogger _logger = new();
    private ChildReaper _reaper = null!;

    public Task InitializeAsync()
    {
        _reaper = ChildReaper.Start(_logger, TimeProvider.System);
        return Task.CompletedTask;
    }

    public Task DisposeAsync() => _reaper.DisposeAsync().AsTask().Bounded();

    [Fact]
    public async Task Bytes_go_in_and_come_out_unchanged()
    {
        await using var child = Start(ShellChild.Running("exec cat"));
        byte[] sent = [0xEF, 0xBB, 0xBF, 0, (byte)'\r', (byte)'\n', 0xFF, (byte)'x', (byte)'\n'];

        await child.Input.WriteAsync(sent);
        var received = new byte[sent.Length];
        await child.Output.ReadExactlyAsync(received).AsTask().Bounded();

        Assert.Equal(sent, received);
    }

    [Fact]
    public async Task A_child_sees_exactly_the_environment_and_directory_it_was_given()
    {
        var directory = Directory.CreateTempSubdirectory("coagent-");
        var environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["ONLY"] = "this" };
        var start = new ChildStart("files", "/usr/bin/env", [], environment, directory.FullName);
        await using var child = Start(start);

        using var reader = new StreamReader(child.Output);
        var variables = (await reader.ReadToEndAsync().Bounded()).Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(2, variables.Length);
        Assert.Contains("ONLY=this", variables);
        Assert.Contains(
            variables, variable => variable.StartsWith(ChildMarker.Variable + "=", StringComparison.Ordinal));
        directory.Delete();
    }

    [Fact]
    public async Task A_child_leads_its_own_session()
    {
        await using var child = Start(ShellChild.Running("cut -d' ' -f5,6 /proc/$$/stat; cat"));

        Assert.Equal($"{child.Id} {child.Id}", await child.ReadLineAsync());
    }

    [Fact]
    public async Task A_child_holds_no_pipe_of_the_reaper_or_of_another_child()
    {
        await using var first = Start(ShellChild.Running("exec cat"));
        await using var second = Start(ShellChild.Running("echo ready; exec cat"));
        await second.ReadLineAsync();

        var taken = PipesOf(_reaper.ShellId!.Value, 0).Concat(PipesOf(first.Id, 0, 1, 2));
        Assert.Empty(AllPipesOf(second.Id).Intersect(taken));
    }

    [Fact]
    public async Task A_child_that_minds_its_stdin_ends_by_itself_when_stopped()
    {
        var child = Start(ShellChild.Running("cat; exit 7"));

        await child.StopAsync(s_longGrace).Bounded();

        Assert.Equal(7, (await child.Exited).ExitCode);
        await child.DisposeAsync();
    }

    [Fact]
    public async Task A_child_that_ignores_its_stdin_is_asked_to_terminate()
    {
        var child = Start(ShellChild.Running("echo ready; exec sleep 600"));
        await child.ReadLineAsync();

        await child.StopAsync(s_shortGrace).Bounded();

        Assert.Equal("was ended by SIGTERM", (await child.Exited).Describe());
        await child.DisposeAsync();
    }

    [Fact]
    public async Task A_child_that_ignores_everything_is_killed()
    {
        var child = Start(ShellChild.Running("trap '' TERM HUP INT; echo ready; while :; do sleep 600; done"));
        await child.ReadLineAsync();

        await child.StopAsync(s_shortGrace).Bounded();

        Assert.Equal("SIGKILL", (await child.Exited).Signal);
        await child.DisposeAsync();
    }

    [Fact]
    public async Task A_child_stopped_in_the_very_moment_of_its_start_ends()
    {
        var child = Start(ShellChild.Running("trap '' TERM; while :; do sleep 600; done"));

        await child.StopAsync(TimeSpan.Zero).Bounded();

        Assert.True(child.Exited.IsCompleted);
        await child.DisposeAsync();
    }

    [Theory]
    [InlineData("sleep 600 & echo $!; wait")]
    [InlineData("sh -c 'sleep 600 & echo $!; wait' & wait")]
    [InlineData("trap '' TERM; sleep 600 & echo $!; wait")]
    [InlineData("setsid sleep 600 & echo $!; wait")]
    [InlineData("setsid sh -c 'setsid sleep 600 & echo $!; wait' & wait")]
    [InlineData("env -i sleep 600 & echo $!; wait")]
    public async Task Grandchildren_end_with_the_child(string script)
    {
        var child = Start(ShellChild.Running(script));
        var grandchild = await child.ReadProcessAsync();

        await child.StopAsync(s_shortGrace).Bounded();

        Assert.False(grandchild.IsRunning);
        await child.DisposeAsync();
    }

    [Theory]
    [InlineData("sleep 600 & echo $!; read line")]
    [InlineData("trap '' TERM; sleep 600 & echo $!; read line")]
    [InlineData("setsid sleep 600 & echo $!; read line")]
    public async Task Grandchildren_of_a_child_that_exits_by_itself_end_too(string script)
    {
        await using var child = Start(ShellChild.Running(script));
        var grandchild = await child.ReadProcessAsync();

        await child.Input.WriteAsync("go\n"u8.ToArray());
        await child.Exited.Bounded();

        Assert.False(grandchild.IsRunning);
    }

    [Fact]
    public async Task Stopping_twice_waits_for_the_first_stop()
    {
        var child = Start(ShellChild.Running("cat"));

        var first = child.StopAsync(s_longGrace);
        var second = child.StopAsync(TimeSpan.Zero);

        Assert.Same(first, second);
        await first.Bounded();
        await child.DisposeAsync();
        await child.DisposeAsync();
    }

    [Fact]
    public async Task Writing_to_a_dead_child_is_an_IOException()
    {
        await using var child = Start(ShellChild.Running("exit 0"));
        await child.Exited.Bounded();

        await Assert.ThrowsAsync<IOException>(() => child.Input.WriteAsync("{}\n"u8.ToArray()).AsTask().Bounded());
    }

    [Fact]
    public async Task A_write_that_a_child_never_reads_ends_when_the_child_is_stopped()
    {
        await using var child = Start(ShellChild.Running("echo ready; exec sleep 600"));
        await child.ReadLineAsync();
        var write = child.Input.WriteAsync(new byte[1 << 20]).AsTask();

        await child.StopAsync(s_shortGrace).Bounded();

        await Assert.ThrowsAnyAsync<IOException>(() => write.Bounded());
    }

    [Fact]
    public async Task What_a_child_wrote_before_its_end_can_still_be_read()
    {
        await using var child = Start(ShellChild.Running("echo last words"));
        await child.Exited.Bounded();

        Assert.Equal("last words", await child.ReadLineAsync());
    }

    [Fact]
    public async Task An_exit_tells_the_code_and_the_last_lines_of_stderr()
    {
        await using var child = Start(ShellChild.Running("for i in $(seq 30); do echo line $i >&2; done; exit 3"));

        var exit = await child.Exited.Bounded();

        Assert.Equal("exited with code 3", exit.Describe());
        Assert.Equal(Enumerable.Range(11, 20).Select(number => $"line {number}"), exit.LastErrorLines);
        Assert.Contains("files: line 1", _logger.Lines);
    }

    [Fact]
    public async Task Fifty_megabytes_of_stderr_neither_block_the_child_nor_flood_the_log()
    {
        await using var child = Start(ShellChild.Running(
            "yes 'a line of stderr that is some fifty characters long' | head -c 50000000 >&2; echo done"));

        Assert.Equal("done", await child.ReadLineAsync());
        await child.Exited.Bounded();

        // A bound by the clock would depend on the machine: what matters is that by far most lines are only counted.
        var logged = _logger.Lines.Count(line => line.Contains("a line of stderr", StringComparison.Ordinal));
        Assert.InRange(logged, ErrorLines.LinesPerSecondMax, 20_000);
        Assert.Contains(_logger.Lines, line => line.Contains("lines of stderr dropped", StringComparison.Ordinal));
    }

    [Fact]
    public void A_missing_command_says_which_and_what_to_do()
    {
        var failure = Assert.Throws<ChildStartException>(
            () => Start(ShellChild.Running("") with { Command = "no-such-server" }));

        Assert.Equal(
            "Server 'files': the command 'no-such-server' was not found on PATH. "
            + "Install it, or give its full path as \"command\" in the config "
            + "(a client started from a desktop may have a shorter PATH than your shell).",
            failure.Message);
    }

    [Fact]
    public void A_missing_directory_says_which_and_what_to_do()
    {
        var failure = Assert.Throws<ChildStartException>(
            () => Start(ShellChild.Running("") with { WorkingDirectory = "/no/such/directory" }));

        Assert.Equal(
            "Server 'files': its working directory '/no/such/directory' does not exist. "
            + "Create it, or correct \"cwd\" in the config.",
            failure.Message);
    }

    [Fact]
    public void A_file_that_is_not_executable_says_the_command_that_mends_it()
    {
        var file = Path.GetTempFileName();

        var failure = Assert.Throws<ChildStartException>(() => Start(ShellChild.Running("") with { Command = file }));

        Assert.EndsWith($"Run: chmod +x '{file}'", failure.Message, StringComparison.Ordinal);
        File.Delete(file);
    }

    [Theory]
    [InlineData("./bin/server", "/usr/bin:/bin")]
    [InlineData("server", "/usr/bin:/bin:bin")]
    public async Task A_relative_command_and_a_relative_search_path_start_at_the_working_directory(
        string command, string searchPath)
    {
        var directory = Directory.CreateTempSubdirectory("coagent-");
        var file = Path.Combine(directory.CreateSubdirectory("bin").FullName, "server");
        await File.WriteAllTextAsync(file, "#!/bin/sh\necho here\n", Encoding.ASCII);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        await using var child = Start(new ChildStart(
            "files", command, [], ShellChild.OwnEnvironment.SetItem("PATH", searchPath), directory.FullName));

        Assert.Equal("here", await child.ReadLineAsync());
        directory.Delete(recursive: true);
    }

    [Fact]
    public async Task No_child_starts_any_more_when_the_daemon_is_ending()
    {
        var reaper = ChildReaper.Start(_logger, TimeProvider.System);
        await reaper.DisposeAsync().AsTask().Bounded();

        Assert.Throws<ChildStartException>(
            () => ChildProcess.Start(ShellChild.Running("sleep 600"), reaper, _logger, TimeProvider.System));
    }

    private ChildProcess Start(ChildStart start) => ChildProcess.Start(start, _reaper, _logger, TimeProvider.System);

    private static IEnumerable<string> PipesOf(int processId, params int[] descriptors) =>
        descriptors.Select(descriptor => new FileInfo($"/proc/{processId}/fd/{descriptor}").LinkTarget!);

    private static IEnumerable<string> AllPipesOf(int processId) =>
        Directory.EnumerateFileSystemEntries($"/proc/{processId}/fd")
            .Select(descriptor => new FileInfo(descriptor).LinkTarget!)
            .Where(target => target.StartsWith("pipe:", StringComparison.Ordinal));
}
