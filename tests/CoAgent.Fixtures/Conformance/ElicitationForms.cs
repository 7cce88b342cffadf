using ModelContextProtocol.Protocol;
using Schema = ModelContextProtocol.Protocol.ElicitRequestParams.PrimitiveSchemaDefinition;

namespace CoAgent.Fixtures.Conformance;

/// <summary>The forms that the server shows to the client's user.</summary>
internal static class ElicitationForms
{
    public static ElicitRequestParams UserAndEmail(string message) => Form(
        message,
        required: ["username", "email"],
        ("username", new ElicitRequestParams.StringSchema { Description = "User's response" }),
        ("email", new ElicitRequestParams.StringSchema { Description = "User's email address" }));

    public static ElicitRequestParams OneText(string message, string field) =>
        Form(message, required: [field], (field, new ElicitRequestParams.StringSchema()));

    public static ElicitRequestParams Confirmation() =>
        Form("Please confirm", required: ["ok"], ("ok", new ElicitRequestParams.BooleanSchema()));

    public static ElicitRequestParams Defaults() => Form(
        "Please check the values",
        required: [],
        ("name", new ElicitRequestParams.StringSchema { Default = "John Doe" }),
        ("age", new ElicitRequestParams.NumberSchema { Type = "integer", Default = 30 }),
        ("score", new ElicitRequestParams.NumberSchema { Default = 95.5 }),
        ("status", new ElicitRequestParams.UntitledSingleSelectEnumSchema
        {
            Enum = ["active", "inactive", "pending"],
            Default = "active",
        }),
        ("verified", new ElicitRequestParams.BooleanSchema { Default = true }));

    public static ElicitRequestParams Choices() => Form(
        "Please choose",
        required: [],
        ("untitledSingle", new ElicitRequestParams.UntitledSingleSelectEnumSchema { Enum = PlainOptions() }),
        ("titledSingle", new ElicitRequestParams.TitledSingleSelectEnumSchema { OneOf = TitledOptions("Option") }),
        ("legacyEnum", Legacy()),
        ("untitledMulti", new ElicitRequestParams.UntitledMultiSelectEnumSchema
        {
            Items = new ElicitRequestParams.UntitledEnumItemsSchema { Type = "string", Enum = PlainOptions() },
        }),
        ("titledMulti", new ElicitRequestParams.TitledMultiSelectEnumSchema
        {
            Items = new ElicitRequestParams.TitledEnumItemsSchema { AnyOf = TitledOptions("Choice") },
        }));

    private static ElicitRequestParams Form(string message, string[] required, params (string Name, Schema Schema)[] fields) =>
        new()
        {
            Message = message,
            RequestedSchema = new ElicitRequestParams.RequestSchema
            {
                Properties = fields.ToDictionary(field => field.Name, field => field.Schema),
                Required = required.Length == 0 ? null : required,
            },
        };

    private static string[] PlainOptions() => ["option1", "option2", "option3"];

    private static ElicitRequestParams.EnumSchemaOption[] TitledOptions(string noun) =>
    [
        new() { Const = "value1", Title = "First " + noun },
        new() { Const = "value2", Title = "Second " + noun },
        new() { Const = "value3", Title = "Third " + noun },
    ];

#pragma warning disable MCP9001 // Clients of 2025-06-18 send this form only.
    private static ElicitRequestParams.LegacyTitledEnumSchema Legacy() => new()
    {
        Enum = ["opt1", "opt2", "opt3"],
        EnumNames = ["Option One", "Option Two", "Option Three"],
    };
#pragma warning restore MCP9001
}
