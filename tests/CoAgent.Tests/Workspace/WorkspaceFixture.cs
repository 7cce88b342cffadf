using System.Text.Json;
using CoAgent.Workspace;

namespace CoAgent.Tests.Workspace;

/// <summary>A workspace in a directory of its own, with another directory outside it.</summary>
public sealed class WorkspaceFixture : IDisposable
{
    private readonly string _home = Directory.CreateTempSubdirectory("coagent-workspace-tests-").FullName;
    private readonly WorkspaceTools _tools;

    public WorkspaceFixture()
        : this(WorkspaceLimits.Default)
    {
    }

    internal WorkspaceFixture(WorkspaceLimits limits)
    {
        Directory.CreateDirectory(RootPath);
        Directory.CreateDirectory(OutsidePath);
        Limits = limits;
        _tools = new WorkspaceTools(new WorkspaceRoot(RootPath), limits, TimeProvider.System);
    }

    public string RootPath => Path.Combine(_home, "root");

    public string OutsidePath => Path.Combine(_home, "outside");

    internal WorkspaceLimits Limits { get; }

    internal WorkspaceTools Tools => _tools;

    /// <summary>A generous bound, so that a test that waits for what never comes fails instead of hanging.</summary>
    internal static CancellationToken Bound() => new CancellationTokenSource(TimeSpan.FromSeconds(60)).Token;

    public string At(string path) => Path.Combine(RootPath, path);

    public void Put(string path, string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(path))!);
        File.WriteAllText(At(path), content);
    }

    public void PutBytes(string path, params byte[] content) => File.WriteAllBytes(At(path), content);

    public void Link(string path, string target) => File.CreateSymbolicLink(At(path), target);

    public string Content(string path) => File.ReadAllText(At(path));

    internal async Task<ToolAnswer> Call(string tool, object arguments) =>
        await _tools.CallAsync(tool, ToElement(arguments), Bound());

    /// <summary>The text of an answer that must be a success.</summary>
    internal async Task<string> Succeed(string tool, object arguments)
    {
        var answer = await Call(tool, arguments);
        Assert.False(answer.IsError, answer.Text);
        return answer.Text;
    }

    /// <summary>The text of an answer that must be an error, and that shows no path of this machine that the call did not.</summary>
    internal async Task<string> Fail(string tool, object arguments)
    {
        var answer = await Call(tool, arguments);
        Assert.True(answer.IsError, answer.Text);
        if (!ToElement(arguments).GetRawText().Contains(_home, StringComparison.Ordinal))
        {
            Assert.DoesNotContain(_home, answer.Text, StringComparison.Ordinal);
        }

        return answer.Text;
    }

    internal Footprint Bind(string tool, object arguments) =>
        new WorkspaceFootprint(_tools.Root).Bind(tool, ToElement(arguments));

    private static JsonElement ToElement(object arguments) =>
        arguments is JsonElement element ? element : JsonSerializer.SerializeToElement(arguments);

    public void Dispose()
    {
        _tools.Dispose();
        Directory.Delete(_home, recursive: true);
    }
}
