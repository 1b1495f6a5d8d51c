"""The sizes of parameters."""

from .harness import EmulatorTest, also_on_stock


class Sizes(EmulatorTest):
    def put(self, size, **settings):
        return self.ssm.put_parameter(Name="/c/key", Type="SecureString", Value="x" * size, **settings)

    def test_standard(self):
        self.refused("ValidationException", self.put, size=4097)
        self.put(4096)

    def test_advanced(self):
        self.refused("ValidationException", self.put, size=8193, Tier="Advanced")
        self.assertEqual(self.put(8192, Tier="Advanced")["Tier"], "Advanced")

    def test_intelligent(self):
        self.assertEqual(self.put(100, Tier="Intelligent-Tiering")["Tier"], "Standard")
        self.assertEqual(self.put(5000, Tier="Intelligent-Tiering", Overwrite=True)["Tier"], "Advanced")
        self.assertEqual(self.put(100, Tier="Intelligent-Tiering", Overwrite=True)["Tier"], "Advanced")

    def test_no_way_back_to_standard(self):
        self.put(100, Tier="Advanced")
        self.refused("ValidationException", self.put, size=100, Tier="Standard", Overwrite=True)

    @also_on_stock
    def test_existing_without_overwrite(self):
        self.put(10)
        self.refused("ParameterAlreadyExists", self.put, size=10)
        self.assertEqual(self.put(10, Overwrite=True)["Version"], 2)
