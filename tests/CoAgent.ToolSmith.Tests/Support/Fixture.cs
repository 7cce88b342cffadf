namespace CoAgent.ToolSmith.Tests.Support;

/// <summary>The program of the test servers, beside the tests.</summary>
internal static class Fixture
{
    public static string Program { get; } = Path.Combine(AppContext.BaseDirectory, "coagent-fixture");

    /// <summary>Where the tests are, which may lie in a place that sandboxes hide.</summary>
    public static string Folder { get; } = Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory);
}
