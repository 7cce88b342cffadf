using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;

namespace CoAgent.Workspace.Arguments;

/// <summary>The JSON schema of a tool's arguments, written from its parameters.</summary>
internal static class ToolSchema
{
    internal static JsonElement Write(ImmutableArray<ToolParameter> parameters)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("type"u8, "object"u8);
            json.WriteStartObject("properties"u8);
            foreach (var parameter in parameters)
            {
                WriteProperty(json, parameter);
            }

            json.WriteEndObject();
            WriteRequired(json, parameters);
            json.WriteBoolean("additionalProperties"u8, false);
            json.WriteEndObject();
        }

        var reader = new Utf8JsonReader(buffer.WrittenSpan);
        return JsonElement.ParseValue(ref reader);
    }

    private static void WriteProperty(Utf8JsonWriter json, ToolParameter parameter)
    {
        json.WriteStartObject(parameter.Name);
        json.WriteString("type"u8, TypeOf(parameter.Kind));
        json.WriteString("description"u8, parameter.Description);
        if (parameter.Minimum is { } minimum)
        {
            json.WriteNumber(parameter.Kind == ParameterKind.Number ? "exclusiveMinimum"u8 : "minimum"u8, minimum);
        }

        if (parameter is { Maximum: { } maximum, Kind: ParameterKind.Number })
        {
            json.WriteNumber("maximum"u8, maximum);
        }

        json.WriteEndObject();
    }

    private static void WriteRequired(Utf8JsonWriter json, ImmutableArray<ToolParameter> parameters)
    {
        if (!parameters.Any(parameter => parameter.Required))
        {
            return;
        }

        json.WriteStartArray("required"u8);
        foreach (var parameter in parameters.Where(parameter => parameter.Required))
        {
            json.WriteStringValue(parameter.Name);
        }

        json.WriteEndArray();
    }

    internal static string TypeOf(ParameterKind kind) => kind switch
    {
        ParameterKind.Text => "string",
        ParameterKind.Integer => "integer",
        ParameterKind.Number => "number",
        ParameterKind.Flag => "boolean",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "a parameter is of a known kind"),
    };
}
