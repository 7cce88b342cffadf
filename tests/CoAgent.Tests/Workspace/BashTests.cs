using System.Text.Json;
using CoAgent.Workspace;

namespace CoAgent.Tests.Workspace;

/// <summary>bash: what it answers, and that nothing of it stays.</summary>
public sealed class BashTests : IDisposable
{
    private readonly WorkspaceFixture _workspace = new();

    [Theory]
    [InlineData("printf 'a\\nb'", false, "a\nb")]
    [InlineData("true", false, "")]
    [InlineData("echo out; echo err >&2", false, "out\nerr\n")]
    [InlineData("echo err >&2; printf out", false, "out\nerr\n")]
    [InlineData("exit 3", true, "exit code 3")]
    [InlineData("echo a; echo b >&2; exit 1", true, "a\nb\nexit code 1")]
    [InlineData("printf x; exit 1", true, "x\nexit code 1")]
    [InlineData("kill -9 $$", true, "exit code 137")]
    [InlineData("cat", false, "")]
    [InlineData("[ -p /dev/stdin ] && echo pipe || echo none", false, "none\n")]
    [InlineData("echo \"$0 $#\"", false, "bash 0\n")]
    [InlineData("echo \"a'b\"' $x \"'", false, "a'b $x \"\n")]
    [InlineData("echo äöü 漢字", false, "äöü 漢字\n")]
    [InlineData("printf '\\xff'", false, "\uFFFD")]
    public async Task A_command_is_answered_with_output_errors_and_exit_code(string command, bool isError, string text) =>
        Assert.Equal(new ToolAnswer(text, isError), await _workspace.Call("bash", new { command }));

    [Fact]
    public async Task A_command_that_does_not_exist_is_said_so_by_bash()
    {
        var text = await _workspace.Fail("bash", new { command = "no-such-command-here" });
        Assert.Contains("no-such-command-here", text, StringComparison.Ordinal);
        Assert.EndsWith("\nexit code 127", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_command_runs_in_the_root_or_in_a_directory_of_it()
    {
        _workspace.Put("sub/a.txt", "");
        Assert.Equal("sub\n", await _workspace.Succeed("bash", new { command = "ls" }));
        Assert.Equal("a.txt\n", await _workspace.Succeed("bash", new { command = "ls", cwd = "sub" }));
        Assert.Contains("does not exist", await _workspace.Fail("bash", new { command = "ls", cwd = "none" }), StringComparison.Ordinal);
        Assert.Contains("is a file", await _workspace.Fail("bash", new { command = "ls", cwd = "sub/a.txt" }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_scratch_folder_is_the_calls_own_and_is_gone_afterwards()
    {
        var command = "echo $TMPDIR; [ -d $TMPDIR ] && echo there; echo $TMPDIR > name; touch $TMPDIR/x; mkdir $TMPDIR/y; ls $TMPDIR";
        Assert.Equal("$TMPDIR\nthere\nx\ny\n", await _workspace.Succeed("bash", new { command }));
        var scratch = _workspace.Content("name").TrimEnd();
        Assert.False(scratch.StartsWith(_workspace.RootPath, StringComparison.Ordinal));
        Assert.False(Directory.Exists(scratch));
    }

    [Fact]
    public async Task A_command_beyond_its_time_is_ended_with_all_that_it_started()
    {
        var text = await _workspace.Fail("bash", new { command = "echo begun; sleep 1000 & echo $! > pids; echo $$ >> pids; wait", timeout = 0.5 });
        Assert.Equal("begun\ntimed out after 0.5 seconds; the command and all that it started were ended", text);
        AssertAllGone();
    }

    [Fact]
    public async Task A_command_that_ignores_the_polite_signal_is_killed()
    {
        using var workspace = new WorkspaceFixture(WorkspaceLimits.Default with { TerminationGrace = TimeSpan.FromMilliseconds(200) });
        var answer = await workspace.Call("bash", new { command = "trap '' TERM; echo $$ > pids; while :; do sleep 1000; done", timeout = 0.5 });
        Assert.Equal("timed out after 0.5 seconds; the command and all that it started were ended", answer.Text);
        Assert.All(File.ReadAllLines(workspace.At("pids")), AssertGone);
    }

    [Fact]
    public async Task What_a_command_left_in_the_background_is_waited_for()
    {
        await _workspace.Succeed("bash", new { command = "mkfifo go" });
        var call = _workspace.Succeed("bash", new { command = "(read line < go; echo $line > done) > /dev/null 2>&1 & echo started" });
        await File.WriteAllTextAsync(_workspace.At("go"), "told\n");
        Assert.Equal("started\n", await call);
        Assert.Equal("told\n", _workspace.Content("done"));
    }

    [Theory]
    [InlineData("sleep 1000 & echo $! > pids")]
    [InlineData("sleep 1000 > /dev/null 2>&1 & echo $! > pids")]
    [InlineData("setsid sh -c 'echo $$ > pids; exec sleep 1000' < /dev/null > /dev/null 2>&1 & while [ ! -s pids ]; do :; done")]
    [InlineData("(setsid sh -c 'echo $$ > pids; exec sleep 1000' &) ; while [ ! -s pids ]; do :; done")]
    public async Task What_a_command_left_in_the_background_is_ended_at_the_timeout_and_told(string command)
    {
        Assert.Equal(
            "the command ended, but processes that it left running did not end within 1 seconds and were ended",
            await _workspace.Succeed("bash", new { command, timeout = 1 }));
        AssertAllGone();
    }

    [Fact]
    public async Task A_remark_stands_before_the_exit_code()
    {
        var text = await _workspace.Fail("bash", new { command = "sleep 1000 & exit 4", timeout = 0.3 });
        Assert.Matches("^the command ended, .* were ended\nexit code 4$", text);
    }

    [Fact]
    public async Task A_cancelled_command_is_ended_with_all_that_it_started()
    {
        await _workspace.Succeed("bash", new { command = "mkfifo ready" });
        using var cancel = new CancellationTokenSource();
        var arguments = JsonSerializer.SerializeToElement(new { command = "sleep 1000 & echo $! > pids; echo $$ >> pids; echo > ready; wait" });
        var call = _workspace.Tools.CallAsync("bash", arguments, cancel.Token).AsTask();
        await File.ReadAllTextAsync(_workspace.At("ready"), WorkspaceFixture.Bound());
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.WaitAsync(WorkspaceFixture.Bound()));
        AssertAllGone();
    }

    [Fact]
    public async Task A_call_cancelled_before_it_starts_runs_nothing()
    {
        var arguments = JsonSerializer.SerializeToElement(new { command = "touch ran" });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => _workspace.Tools.CallAsync("bash", arguments, new CancellationToken(canceled: true)).AsTask());
        Assert.Empty(Directory.GetFileSystemEntries(_workspace.RootPath));
    }

    [Fact]
    public async Task Long_output_keeps_its_head_and_its_tail()
    {
        using var workspace = new WorkspaceFixture(WorkspaceLimits.Default with { OutputBytesMax = 30, ErrorOutputBytesMax = 15 });
        Assert.Equal(new string('x', 30), await workspace.Succeed("bash", new { command = "printf 'x%.0s' {1..30}" }));
        var text = await workspace.Succeed("bash", new { command = "printf '%s' {100..120}; printf '%s' {1..9} {1..9} >&2" });
        Assert.Equal(
            "10010110210310410510\n[cut: 33 bytes are left out here; send long output to a file]\n7118119120\n"
            + "1234567891\n[cut: 3 bytes are left out here; send long output to a file]\n56789",
            text);
    }

    [Fact]
    public async Task A_cut_tears_no_character()
    {
        using var workspace = new WorkspaceFixture(WorkspaceLimits.Default with { OutputBytesMax = 15 });
        var text = await workspace.Succeed("bash", new { command = "printf 'a'; printf 'ä%.0s' {1..20}" });
        Assert.Equal("aääää\n[cut: 28 bytes are left out here; send long output to a file]\nää", text);
    }

    [Fact]
    public async Task A_flood_of_output_is_read_to_its_end()
    {
        var text = await _workspace.Succeed("bash", new { command = "head -c 50000000 /dev/zero | tr '\\0' x; echo end" });
        Assert.InRange(text.Length, 30_000, 30_100);
        Assert.Contains("[cut: 49970004 bytes", text, StringComparison.Ordinal);
        Assert.EndsWith("xend\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_command_that_no_system_takes_is_refused()
    {
        Assert.Contains("write a script", await _workspace.Fail("bash", new { command = new string('x', 100_001) }), StringComparison.Ordinal);
        Assert.Contains("write a script", await _workspace.Fail("bash", new { command = "a\0b" }), StringComparison.Ordinal);
        Assert.Equal("", await _workspace.Succeed("bash", new { command = "#" + new string('x', 99_999) }));
    }

    [Fact]
    public async Task Commands_run_side_by_side_and_beside_file_calls()
    {
        await _workspace.Succeed("bash", new { command = "mkfifo one two" });
        // Each opens its pipe only when the other side is there: run one after the other they would never end.
        var first = _workspace.Succeed("bash", new { command = "echo hello > one; read answer < two; echo $answer" });
        var second = _workspace.Succeed("bash", new { command = "read heard < one; echo heard $heard > two; while [ ! -e end ]; do sleep 0.01; done" });
        Assert.Equal("heard hello\n", await first);
        await _workspace.Succeed("write_file", new { path = "end", content = "" });
        Assert.Equal("", await second);
    }

    [Fact]
    public async Task The_environment_is_the_users()
    {
        Assert.Equal(
            Environment.GetEnvironmentVariable("PATH") + "\n", await _workspace.Succeed("bash", new { command = "echo \"$PATH\"" }));
    }

    public void Dispose() => _workspace.Dispose();

    private void AssertAllGone() => Assert.All(File.ReadAllLines(_workspace.At("pids")), AssertGone);

    internal static void AssertGone(string id)
    {
        var stat = $"/proc/{id.Trim()}/stat";
        Assert.True(!File.Exists(stat) || File.ReadAllText(stat).Contains(") Z ", StringComparison.Ordinal), $"process {id} still runs");
    }
}
