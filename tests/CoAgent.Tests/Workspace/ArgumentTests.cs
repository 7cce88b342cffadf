using System.Text.Json;
using CoAgent.Workspace;

namespace CoAgent.Tests.Workspace;

/// <summary>Wrong arguments are answered with the argument's name and what it should be.</summary>
public sealed class ArgumentTests : IDisposable
{
    private readonly WorkspaceFixture _workspace = new();

    [Theory]
    [InlineData("read_file", "{}", "needs the argument 'path' (string)")]
    [InlineData("read_file", """{"path":1}""", "'path' of read_file is not of type string")]
    [InlineData("read_file", """{"path":null}""", "'path' of read_file is not of type string")]
    [InlineData("read_file", """{"path":"a","lines":3}""", "has no argument 'lines'; it takes path, offset, limit")]
    [InlineData("read_file", """{"path":"a","offset":0}""", "'offset' of read_file must be at least 1")]
    [InlineData("read_file", """{"path":"a","offset":1.5}""", "'offset' of read_file is not of type integer")]
    [InlineData("read_file", """{"path":"a","limit":99999999999}""", "'limit' of read_file must be at least 1")]
    [InlineData("read_file", """{"path":"a","limit":"3"}""", "'limit' of read_file is not of type integer")]
    [InlineData("delete_file", """{"path":"a","recursive":"yes"}""", "'recursive' of delete_file is not of type boolean")]
    [InlineData("write_file", """{"path":"a"}""", "needs the argument 'content'")]
    [InlineData("bash", """{"command":"true","timeout":0}""", "'timeout' of bash must be more than 0 and at most 3600")]
    [InlineData("bash", """{"command":"true","timeout":3600.5}""", "'timeout' of bash must be more than 0 and at most 3600")]
    [InlineData("bash", """{"command":"true","timeout":1e999}""", "'timeout' of bash must be more than 0 and at most 3600")]
    [InlineData("bash", "[]", "one JSON object")]
    [InlineData("shell", "{}", "There is no tool 'shell' here; there are bash, copy_file")]
    public async Task A_wrong_argument_is_named(string tool, string arguments, string said)
    {
        var json = JsonDocument.Parse(arguments).RootElement;
        Assert.Contains(said, await _workspace.Fail(tool, json), StringComparison.Ordinal);
        Assert.Equal(Footprint.None, _workspace.Bind(tool, json));
    }

    [Fact]
    public async Task A_whole_number_may_be_written_with_a_point()
    {
        _workspace.Put("a", "1\n2\n3\n");
        Assert.Equal("2\n", await _workspace.Succeed("read_file", JsonDocument.Parse("""{"path":"a","offset":2.0,"limit":1}""").RootElement));
    }

    [Fact]
    public async Task The_longest_timeout_is_taken() =>
        Assert.Equal("", await _workspace.Succeed("bash", new { command = "true", timeout = 3600 }));

    public void Dispose() => _workspace.Dispose();
}
