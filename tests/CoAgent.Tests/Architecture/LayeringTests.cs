using System.Reflection;
using System.Runtime.CompilerServices;
using System.Xml.Linq;
using CoAgent.Tests.Support;

namespace CoAgent.Tests.Architecture;

/// <summary>Who may refer to whom: <c>Protocol ← Runtime ← { Proxy, ToolSmith ← Workspace } ← Cli</c>.</summary>
public sealed class LayeringTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["CoAgent.Protocol"] = [],
        ["CoAgent.Runtime"] = ["CoAgent.Protocol"],
        ["CoAgent.Proxy"] = ["CoAgent.Protocol", "CoAgent.Runtime"],
        ["CoAgent.Workspace"] = ["CoAgent.Protocol", "CoAgent.Runtime", "CoAgent.ToolSmith"],
        ["CoAgent.ToolSmith"] = ["CoAgent.Protocol", "CoAgent.Runtime"],
        ["coagent"] = ["CoAgent.Protocol", "CoAgent.Runtime", "CoAgent.Proxy", "CoAgent.Workspace", "CoAgent.ToolSmith"],
    };

    [Fact]
    public void Every_project_of_src_is_in_the_table() =>
        Assert.Equal(Allowed.Keys.Order(StringComparer.Ordinal), SourceTree.AssemblyNames.Order(StringComparer.Ordinal));

    [Fact]
    public void A_project_refers_only_to_what_lies_below_it()
    {
        foreach (var (name, below) in Allowed)
        {
            var ours = References(name).Where(static reference => reference.StartsWith("CoAgent", StringComparison.OrdinalIgnoreCase));
            Assert.Empty(ours.Except(below).Select(reference => $"{name} refers to {reference}"));
        }
    }

    [Fact]
    public void The_protocol_refers_to_the_platform_alone()
    {
        Assert.All(References("CoAgent.Protocol"), static reference => Assert.StartsWith("System.", reference, StringComparison.Ordinal));
        var project = XDocument.Load(Path.Combine(Repository.Root, "src/CoAgent.Protocol/CoAgent.Protocol.csproj"));
        Assert.DoesNotContain(
            project.Descendants(), static element => element.Name.LocalName is "PackageReference" or "ProjectReference" or "FrameworkReference");
    }

    [Fact]
    public void The_command_line_is_the_only_program()
    {
        var programs = SourceTree.Projects.Where(static project => XDocument.Load(project).Descendants("OutputType").Any());
        Assert.Equal(["CoAgent.Cli.csproj"], programs.Select(Path.GetFileName));
    }

    [Fact]
    public void No_type_is_named_for_its_kind()
    {
        string[] kinds = ["Manager", "Helper", "Helpers", "Utils", "Util", "Utility", "Utilities", "Impl", "Base"];
        var named = SourceTree.Types.Where(type => kinds.Any(kind => type.Name.EndsWith(kind, StringComparison.Ordinal))
            || type.Name.Contains("Util", StringComparison.Ordinal));
        Assert.Empty(named.Select(static type => type.FullName));
    }

    [Fact]
    public void A_type_is_sealed_static_or_made_to_be_inherited()
    {
        var open = SourceTree.Types.Where(static type => type is { IsClass: true, IsSealed: false, IsAbstract: false }
            && !type.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false));
        Assert.Empty(open.Where(type => !SourceTree.Types.Any(other => other.BaseType == type)).Select(static type => type.FullName));
    }

    [Fact]
    public void No_log_event_has_the_number_of_another()
    {
        const BindingFlags All = BindingFlags.Instance | BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public | BindingFlags.DeclaredOnly;
        var events = SourceTree.Types.SelectMany(static type => type.GetMethods(All))
            .Select(static method => (Method: method, Attribute: method.GetCustomAttribute<Microsoft.Extensions.Logging.LoggerMessageAttribute>()))
            .Where(static pair => pair.Attribute is not null)
            .Select(static pair => (pair.Attribute!.EventId, Name: $"{pair.Method.DeclaringType}.{pair.Method.Name}", pair.Method.IsPrivate))
            .ToArray();
        Assert.True(events.Length > 20, "The attributes can be read.");
        var twice = events.GroupBy(static one => one.EventId).Where(static group => group.Select(static one => one.Name).Distinct().Count() > 1);
        Assert.Empty(twice.Select(static group => $"{group.Key}: {string.Join(", ", group.Select(static one => one.Name))}"));
        Assert.All(events, static one => Assert.True(one.IsPrivate && one.EventId > 0, one.Name));
    }

    private static IEnumerable<string> References(string assembly) =>
        Assembly.Load(assembly).GetReferencedAssemblies().Select(static reference => reference.Name!);
}
