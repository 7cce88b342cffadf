using CoAgent.EndToEnd.Tests.Support;

namespace CoAgent.EndToEnd.Tests;

/// <summary>Every command: its help, and what it does not know.</summary>
public sealed class CommandsTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Theory]
    [InlineData("")]
    [InlineData("serve")]
    [InlineData("connect")]
    [InlineData("wrap")]
    [InlineData("call")]
    [InlineData("status")]
    [InlineData("stop")]
    [InlineData("doctor")]
    [InlineData("catalog")]
    [InlineData("catalog list")]
    [InlineData("catalog show")]
    [InlineData("catalog approve")]
    [InlineData("catalog check")]
    [InlineData("catalog forget")]
    [InlineData("catalog diff")]
    [InlineData("catalog draft")]
    [InlineData("catalog table")]
    public async Task Help_is_as_it_was_approved(string command)
    {
        await using var workspace = TestWorkspace.Empty();

        var help = await workspace.RunAsync([.. command.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"], None);

        Assert.Equal((0, ""), (help.ExitCode, help.Error));
        Snapshot.Matches(command.Length == 0 ? "help" : $"help-{command.Replace(' ', '-')}", help.Output);
    }

    [Theory]
    [InlineData("serve", "--prot")]
    [InlineData("connect", "--agnet", "x")]
    [InlineData("call", "files", "list_directory", "{}", "--nothing")]
    [InlineData("status", "--jsno")]
    [InlineData("nonsense")]
    [InlineData("connect", "--rank", "first")]
    [InlineData("serve", "--port", "many")]
    public async Task What_no_command_knows_is_refused_and_named(params string[] arguments)
    {
        await using var workspace = Files();

        var refused = await workspace.RunAsync(arguments, None);

        Assert.Equal(1, refused.ExitCode);
        Assert.Contains(arguments[^1] == "x" ? "--agnet" : arguments[^1], refused.Error);
        Assert.Null(workspace.FindDaemon());
    }

    private static TestWorkspace Files() => TestWorkspace.With(("files", TestWorkspace.Builtin));
}
