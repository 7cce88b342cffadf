using CoAgent.ToolSmith.Sandboxing;
using CoAgent.ToolSmith.Tests.Support;

namespace CoAgent.ToolSmith.Tests.Sandboxing;

/// <summary>What a program looked at.</summary>
public sealed class ReadTraceTests
{
    [Theory]
    [InlineData("cat a", "a", ReadKind.Content)]
    [InlineData("cat sub/../a", "a", ReadKind.Content)]
    [InlineData("cat missing", "missing", ReadKind.Absence)]
    [InlineData("[ -e missing ]", "missing", ReadKind.Absence)]
    [InlineData("[ -e a ]", "a", ReadKind.Status)]
    [InlineData("ls sub", "sub", ReadKind.Listing)]
    [InlineData("cd sub && cat b", "sub/b", ReadKind.Content)]
    [InlineData("readlink way", "way", ReadKind.Content)]
    [InlineData("cat 'ä \"q\" > x'", "ä \"q\" > x", ReadKind.Content)]
    [InlineData("cat a a a a & cat sub/b & wait", "sub/b", ReadKind.Content)]
    public async Task A_look_is_seen(string script, string path, ReadKind kind)
    {
        using var sandbox = await Sandboxes.CreateAsync();
        Directory.CreateDirectory(sandbox.Root + "/sub");
        foreach (var name in new[] { "a", "sub/b", "ä \"q\" > x" })
        {
            await File.WriteAllTextAsync($"{sandbox.Root}/{name}", "text");
        }

        File.CreateSymbolicLink(sandbox.Root + "/way", "a");
        await using var process = sandbox.Start(new SandboxCommand(["bash", "-c", $"read; {script}"]));
        process.Input.Write("go\n"u8);
        process.Input.Flush();
        process.Input.Close();
        while (process.Output.ReadByte() >= 0)
        {
        }

        var trace = process.ReadsSince(0);
        Assert.Null(trace.Gap);
        Assert.Contains(new ObservedRead($"{sandbox.Root}/{path}", kind), trace.Reads);
    }

    [Fact]
    public async Task What_came_before_a_mark_is_not_told_again()
    {
        using var sandbox = await Sandboxes.CreateAsync();
        await File.WriteAllTextAsync(sandbox.Root + "/a", "A");
        await File.WriteAllTextAsync(sandbox.Root + "/b", "B");
        await using var process = sandbox.Start(new SandboxCommand(["bash", "-c", "cat a; read; cat b"]));
        Assert.Equal('A', process.Output.ReadByte());
        var mark = process.Mark();
        process.Input.Write("go\n"u8);
        process.Input.Flush();
        Assert.Equal('B', process.Output.ReadByte());

        var reads = process.ReadsSince(mark).Reads;
        Assert.Contains(new ObservedRead(sandbox.Root + "/b", ReadKind.Content), reads);
        Assert.DoesNotContain(new ObservedRead(sandbox.Root + "/a", ReadKind.Content), reads);
    }

    [Fact]
    public void A_call_in_two_halves_is_one()
    {
        const string Trace = """
            7 openat(AT_FDCWD</t>, "a", O_RDONLY <unfinished ...>
            8 newfstatat(AT_FDCWD</t/sub>, "../b\303\244", 0x1, 0) = -1 ENOENT (No such file or directory)
            7 <... openat resumed>) = 3</t/a>
            7 openat(AT_FDCWD</t>, "/elsewhere", O_RDONLY) = 4</elsewhere>
            7 openat(AT_FDCWD</t>, "written", O_WRONLY|O_CREAT, 0666) = 4</t/written>
            7 +++ exited with 0 +++
            """;

        Assert.Equal(
            [new ObservedRead("/t/a", ReadKind.Content), new ObservedRead("/t/bä", ReadKind.Absence)],
            ReadTrace.Parse(Trace, "/t").Reads.OrderBy(static read => read.Path, StringComparer.Ordinal));
    }
}
