using System.Reflection;
using System.Runtime.CompilerServices;
using System.Xml.Linq;
using CoAgent.Tests.Support;

namespace CoAgent.Tests.Architecture;

/// <summary>What lies under <c>src</c>, as text and as it was built.</summary>
internal static class SourceTree
{
    public static string[] Projects { get; } =
        Directory.GetFiles(Path.Combine(Repository.Root, "src"), "*.csproj", SearchOption.AllDirectories);

    public static IEnumerable<string> AssemblyNames => Projects.Select(static project =>
        XDocument.Load(project).Descendants("AssemblyName").SingleOrDefault()?.Value ?? Path.GetFileNameWithoutExtension(project));

    /// <summary>The types that somebody wrote.</summary>
    public static Type[] Types { get; } =
    [
        .. AssemblyNames.SelectMany(static name => Assembly.Load(name).GetTypes())
            .Where(static type => type.Namespace?.StartsWith("CoAgent", StringComparison.Ordinal) is true
                && !type.Name.Contains('<', StringComparison.Ordinal)
                && !type.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false)),
    ];

    public static IEnumerable<string> Files => Directory
        .EnumerateFiles(Path.Combine(Repository.Root, "src"), "*.cs", SearchOption.AllDirectories);
}
