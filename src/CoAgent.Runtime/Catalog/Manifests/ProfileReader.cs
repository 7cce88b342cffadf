using CoAgent.Runtime.Catalog.Texts;

namespace CoAgent.Runtime.Catalog.Manifests;

/// <summary>Reads the manifest of a profile (docs/catalog.md, "A profile").</summary>
internal sealed class ProfileReader(ManifestSection section)
{
    private static readonly string[] s_kinds = ["literal", "environment", "run", "argument"];

    /// <summary>The manifest; null where what it needs is missing.</summary>
    public ProfileManifest? Read()
    {
        var name = section.RequiredText("profile");
        var manifest = new ProfileManifest
        {
            Profile = name ?? "",
            Servers = [.. section.Items("servers", ManifestReader.EntriesMax).Select(item => TextOf(item.Node, item.Key)).OfType<string>()],
            Package = section.Text("package"),
            Version = section.Text("version"),
            Description = section.Text("description"),
            Start = TemplateTexts.Texts(section, "start"),
            Environment = TemplateTexts.Named(section, "environment"),
            Paths = section.Choice("paths", ("directory", PathOrigin.Directory), ("arguments", PathOrigin.Arguments)) ?? PathOrigin.Directory,
            Values = section.Members("values", ManifestReader.EntriesMax, ReadValue),
            State = StepReader.Read(section, "state"),
        };
        section.RefuseTheRest();
        section.Findings.RefuseInTrials(static _ => true);
        return name is null ? null : manifest;
    }

    private ProfileValue? ReadValue(ManifestNode node, string key)
    {
        if (node is not ManifestNode.Map map)
        {
            section.Findings.Fault(key, node.Line, $"must be a map with literal, environment, run or argument and is {node.TypeName}.");
            return null;
        }

        var value = new ManifestSection(map, key, section.Findings);
        string[] kinds = [.. s_kinds.Where(value.Has)];
        if (kinds.Length != 1)
        {
            value.Fault("", "must have one of literal, environment, run, argument.");
            return null;
        }

        var read = Read(value, kinds[0]);
        var isOverridable = value.Flag("overridable") ?? false;
        value.RefuseTheRest();
        return read is null ? null : read with { IsOverridable = isOverridable };
    }

    private ProfileValue? Read(ManifestSection value, string kind)
    {
        switch (kind)
        {
            case "literal":
                return value.Json(kind) is { } literal ? new ProfileValue.Literal(literal) : null;
            case "environment":
                var otherwise = value.Text("default");
                return value.Text(kind) is { } variable ? new ProfileValue.Environment(variable, otherwise) : null;
            case "run":
                var arguments = value.Items(kind, ManifestReader.EntriesMax).Select(item => TextOf(item.Node, item.Key)).OfType<string>().ToArray();
                if (arguments.Length == 0)
                {
                    value.Fault(kind, "must have the program and its arguments.");
                }

                return new ProfileValue.Run([.. arguments]);
            default:
                if (value.Json(kind) is { } index && index.ValueKind == System.Text.Json.JsonValueKind.Number && index.TryGetInt32(out var number) && number >= 0)
                {
                    return new ProfileValue.Argument(number);
                }

                value.Fault(kind, "must be a number: 0 for the first.");
                return null;
        }
    }

    private string? TextOf(ManifestNode node, string key)
    {
        if (node is ManifestNode.Scalar { Text: { Length: > 0 } text } scalar && !(scalar.IsPlain && PlainScalar.IsNull(text)))
        {
            return text;
        }

        section.Findings.Fault(key, node.Line, $"must be a text and is {node.TypeName}.");
        return null;
    }
}
